"""Lines that machines write and in which nobody is named: logs, statements, code, settings, in Chinese and English."""

from collections.abc import Callable

from detectors.discovery.evaluation.draw import Draw, Half

_TABLES = (
    ("vehicle_info", "订单表", "t_driver", "passenger_flow", "许可证", "toll_record", "dim_station", "高速通行流水"),
    ("ods_gps_track", "人员档案", "biz_permit", "港口作业", "enforcement_case", "sys_user", "车辆年审", "dwd_ticket"),
)
_FIELDS = (
    ("id", "name", "phone", "plate_no", "状态", "create_time", "company_name", "金额", "姓名", "车牌号", "地址"),
    ("user_id", "driver_name", "mobile", "vin", "类型", "updated_at", "org_code", "余额", "联系人", "许可证号", "住址"),
)
_MESSAGES = (
    (
        "用户登录成功",
        "任务调度完成",
        "连接池初始化完毕",
        "开始同步车辆数据",
        "数据源切换为从库",
        "缓存刷新成功",
        "应用启动完成",
        "定时任务执行失败，等待重试",
        "接口调用超时",
        "权限校验通过",
        "文件上传成功",
        "消息发送失败",
        "队列积压超过阈值",
        "配置加载完成",
        "会话已过期，请重新登录",
        "查询结果为空",
        "批量插入完成",
        "单点登录校验失败",
        "服务注册成功",
    ),
    (
        "系统管理员重置密码",
        "数据校验不通过",
        "终端离线告警",
        "索引重建完成",
        "备份任务已启动",
        "磁盘空间不足",
        "和第三方平台对账完成",
        "温度传感器上报异常",
        "车载设备心跳丢失",
        "支付回调处理成功",
        "时间同步偏差过大",
        "高速通行费清分完成",
        "证书即将过期",
        "方案审批流转至下一节点",
        "金额计算溢出",
        "全量同步开始",
        "从节点延迟过高",
        "安全审计日志归档",
        "万达站闸机重启成功",
        "常规巡检完成",
    ),
)
_CLASSES = (
    (
        "com.gd.transport.UserService",
        "c.g.t.job.SyncJob",
        "org.springframework.web.servlet.DispatcherServlet",
        "com.zaxxer.hikari.HikariDataSource",
    ),
    (
        "cn.gov.traffic.PermitController",
        "o.s.b.w.e.tomcat.TomcatWebServer",
        "io.netty.channel.AbstractChannel",
        "com.alibaba.druid.pool.DruidDataSource",
    ),
)
_PATHS = (
    ("/api/v1/vehicles", "/login", "/static/js/app.js", "/export/report.xlsx"),
    ("/gateway/permit/query", "/actuator/health", "/wx/callback", "/track/replay"),
)
_AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36",
    "curl/8.4.0",
    "okhttp/4.9.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X)",
)


def _stamp(draw: Draw) -> str:
    day = f"20{draw.between(19, 26)}-{draw.between(1, 12):02}-{draw.between(1, 28):02}"
    return f"{day}{draw.pick((' ', 'T'))}{draw.between(0, 23):02}:{draw.between(0, 59):02}:{draw.between(0, 59):02}{draw.pick(('', '.123', ',456'))}"


def _ip(draw: Draw) -> str:
    return ".".join(str(draw.between(1, 254)) for _ in range(4))


def _table(draw: Draw) -> str:
    return draw.pick(draw.split(*_TABLES))


def _field(draw: Draw) -> str:
    return draw.pick(draw.split(*_FIELDS))


def _message(draw: Draw) -> str:
    return draw.pick(draw.split(*_MESSAGES))


def _class(draw: Draw) -> str:
    return draw.pick(draw.split(*_CLASSES))


def _nginx(draw: Draw) -> str:
    path = draw.pick(draw.split(*_PATHS))
    return (
        f"{_ip(draw)} - - [{draw.between(1, 28):02}/{draw.pick(('Jan', 'Mar', 'Oct'))}/2025:{draw.between(0, 23):02}:01:02 +0800] "
        f'"{draw.pick(("GET", "POST"))} {path}?page={draw.between(1, 99)} HTTP/1.1" {draw.pick((200, 302, 404, 500))} {draw.between(10, 99999)} "-" "{draw.pick(_AGENTS)}"'
    )


def _select(draw: Draw) -> str:
    fields = ", ".join(_field(draw) for _ in range(draw.between(1, 4)))
    return draw.pick(
        draw.split(
            (
                f"SELECT {fields} FROM {_table(draw)} WHERE id = {draw.between(1, 9999)};",
                f"select {fields} from {_table(draw)} order by {_field(draw)} desc limit 20",
                f"INSERT INTO {_table(draw)} ({fields}) VALUES ({draw.between(1, 99)}, '正常', NOW());",
                f"UPDATE {_table(draw)} SET 状态 = '停用' WHERE {_field(draw)} IS NULL;",
                f"CREATE INDEX idx_{draw.between(1, 99)} ON {_table(draw)} ({_field(draw)});",
            ),
            (
                f"SELECT COUNT(*) AS 总数, {_field(draw)} FROM {_table(draw)} GROUP BY {_field(draw)} HAVING COUNT(*) > {draw.between(1, 50)}",
                f"DELETE FROM {_table(draw)} WHERE {_field(draw)} < '2024-01-01'",
                f"with t as (select {fields} from {_table(draw)}) select * from t left join {_table(draw)} b on t.id = b.id",
                f"ALTER TABLE {_table(draw)} ADD COLUMN {_field(draw)} varchar(64) COMMENT '备注';",
                f"GRANT SELECT ON {_table(draw)} TO app_reader;",
                f"MERGE INTO {_table(draw)} d USING stage s ON (d.id = s.id) WHEN MATCHED THEN UPDATE SET d.{_field(draw)} = s.val",
            ),
        )
    )


def _pgaudit(draw: Draw) -> str:
    return f'{_stamp(draw)} CST [{draw.between(1000, 9999)}] app@gd LOG:  AUDIT: SESSION,{draw.between(1, 99)},1,READ,SELECT,TABLE,public.{_table(draw)},"{_select(draw)}",<none>'


def _java(draw: Draw) -> str:
    level = draw.pick(("INFO", "WARN", "ERROR", "DEBUG"))
    return draw.split(
        f"{_stamp(draw)} {level} {draw.between(1, 9999)} --- [nio-8080-exec-{draw.between(1, 9)}] {_class(draw)} : {_message(draw)}",
        f"{_stamp(draw)} [{draw.pick(('main', 'scheduling-1', 'http-nio-80'))}] {level} {_class(draw)} - {_message(draw)}, cost={draw.between(1, 900)}ms",
    )


def _trace(draw: Draw) -> str:
    return draw.pick(
        draw.split(
            (
                f"\tat {_class(draw)}.handle(UserService.java:{draw.between(1, 900)})",
                "Caused by: java.sql.SQLException: 数据库连接超时",
                'java.lang.NullPointerException: Cannot invoke "String.length()" because "name" is null',
            ),
            (
                f"    at {_class(draw)}$1.run({draw.pick(('Job', 'Track'))}.java:{draw.between(1, 900)}) ~[app.jar:1.0.{draw.between(1, 9)}]",
                "org.springframework.dao.DataIntegrityViolationException: 字段长度超限",
                f'Traceback (most recent call last): File "/app/sync.py", line {draw.between(1, 99)}, in run',
            ),
        )
    )


def _json(draw: Draw) -> str:
    return draw.split(
        f'{{"time":"{_stamp(draw)}","level":"info","msg":"{_message(draw)}","service":"gateway","cost":{draw.between(1, 999)}}}',
        f'{{"@timestamp": "{_stamp(draw)}", "log": {{"level": "WARN"}}, "message": "{_message(draw)}", "event": {{"action": "login", "outcome": "failure"}}, "host": "node-{draw.between(1, 9)}"}}',
    )


def _python(draw: Draw) -> str:
    return draw.pick(
        draw.split(
            (
                "from django.db import models",
                "    def get_name(self): return self.name",
                "class DriverForm(forms.Form):",
                "    for row in rows: total += row['金额']",
                "logger.info('用户登录成功')",
            ),
            (
                "import pandas as pd",
                "df = pd.read_csv('人员名单.csv', encoding='gbk')",
                "    if user.mobile and not user.is_active:",
                "print(f'处理完成: {count}')",
                "result = [x for x in data if x['状态'] == '正常']",
            ),
        )
    )


def _shell(draw: Draw) -> str:
    return draw.pick(
        draw.split(
            (
                "tail -f /var/log/nginx/access.log | grep 500",
                "sudo systemctl restart nginx",
                "[root@gd-web01 ~]# df -h",
                "mysqldump -u root -p gd > backup.sql",
            ),
            (
                "kubectl -n traffic get pods -o wide",
                "root@node1:/opt/app# ./start.sh --env prod",
                "docker exec -it redis redis-cli info memory",
                "find /data -name '*.csv' -mtime +7 -delete",
            ),
        )
    )


def _settings(draw: Draw) -> str:
    return draw.pick(
        draw.split(
            (
                "spring.datasource.url: jdbc:postgresql://10.1.1.2:5432/gd",
                "  replicas: 3",
                "server.port=8080",
                "name: transport-gateway",
                "# 数据库连接配置",
            ),
            (
                "logging.level.root=INFO",
                "  image: registry.local/permit:1.2.3",
                "max_connections = 200",
                "  - name: TZ",
                '<property name="driverClass" value="org.postgresql.Driver"/>',
            ),
        )
    )


def _windows(draw: Draw) -> str:
    return draw.pick(
        draw.split(
            (
                "日志名称: Security  来源: Microsoft-Windows-Security-Auditing  事件 ID: 4624  级别: 信息",
                "帐户名: SYSTEM  帐户域: NT AUTHORITY  登录 ID: 0x3E7",
            ),
            (
                "EventID=4625 LogonType=3 WorkstationName=GD-PC01 Status=0xC000006D",
                "事件 ID: 7036 来源: Service Control Manager  Windows Update 服务处于 正在运行 状态。",
            ),
        )
    )


def _syslog(draw: Draw) -> str:
    return draw.split(
        f"Oct {draw.between(1, 28)} 10:00:01 gd-db sshd[{draw.between(100, 9999)}]: Accepted publickey for deploy from {_ip(draw)} port {draw.between(1024, 65000)} ssh2",
        f"<134>1 {_stamp(draw)}Z fw01 - - - action=deny src={_ip(draw)} dst={_ip(draw)} proto=TCP dport={draw.between(1, 65000)}",
    )


def _chinese(draw: Draw) -> str:
    return draw.pick(
        draw.split(
            (
                f"[{_stamp(draw)}] {_message(draw)}",
                f"{_stamp(draw)} {_message(draw)}，耗时{draw.between(1, 999)}ms",
                f"【告警】{_message(draw)}（节点{draw.between(1, 9)}）",
                f"{_stamp(draw)} 操作日志：{_message(draw)}",
            ),
            (
                f"{_stamp(draw)}|{_message(draw)}|模块=调度|结果=成功",
                f"({_stamp(draw)}) 后台任务#{draw.between(1, 99)}：{_message(draw)}",
                f"[{draw.pick(('调度', '网关', '支付'))}] {_message(draw)}，重试次数 {draw.between(1, 5)}",
                f"{_message(draw)} traceId={draw.text('0123456789abcdef', 16)}",
            ),
        )
    )


KINDS: tuple[Callable[[Draw], str], ...] = (
    _nginx, _select, _select, _pgaudit, _java, _java, _trace, _json, _python, _shell, _settings, _windows, _syslog, _chinese, _chinese,
)  # fmt: skip


def machine_lines(half: Half, *, seed: int = 1, count: int = 1000) -> list[str]:
    """Return lines of every kind in turn; nobody is named in any of them."""
    draw = Draw(seed, half)
    return [KINDS[place % len(KINDS)](draw) for place in range(count)]
