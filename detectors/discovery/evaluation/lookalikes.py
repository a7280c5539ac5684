"""Columns that hold nothing of the catalogue and look as if they did, with the names such columns have."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from detectors.discovery.evaluation import people
from detectors.discovery.evaluation.draw import UPPER, Draw


def _moment(draw: Draw, form: str) -> str:
    return (datetime(2019, 1, 1) + timedelta(seconds=draw.between(0, 6 * 365 * 86400))).strftime(form)  # noqa: DTZ001


def _ean(draw: Draw) -> str:
    body = "69" + draw.digits(10)
    total = sum(int(one) * (3 if place % 2 else 1) for place, one in enumerate(body))
    return body + str(-total % 10)


def _isbn(draw: Draw) -> str:
    body = "9787" + draw.digits(8)
    total = sum(int(one) * (3 if place % 2 else 1) for place, one in enumerate(body))
    return body + str(-total % 10)


def _uuid(draw: Draw) -> str:
    raw = draw.text("0123456789abcdef", 32)
    return f"{raw[:8]}-{raw[8:12]}-4{raw[13:16]}-a{raw[17:20]}-{raw[20:]}"


def _words(development: tuple[str, ...], heldout: tuple[str, ...]) -> Callable[[Draw], str]:
    return lambda draw: draw.pick(draw.split(development, heldout))


def _station(draw: Draw) -> str:
    head = draw.pick(
        draw.split(("黄埔", "江高", "新塘", "石牌", "太和", "白云"), ("金山", "高桥", "方村", "龙溪", "温泉", "马鞍"))
    )
    return head + draw.pick(draw.split(("收费站", "服务区", "客运站"), ("东站", "枢纽", "港", "立交")))


def _remark(draw: Draw) -> str:
    return draw.pick(
        draw.split(
            (
                "货物已按时送达，签收正常",
                "车辆年审到期请尽快处理",
                "司机临时更换",
                "资料不全退回补正",
                "路面有坑槽需修补",
                "无",
            ),
            (
                "因台风停航两天",
                "乘客投诉车内空调不足",
                "超限百分之二十已卸载",
                "现场检查未发现问题",
                "设备离线超过一小时",
                "待核实",
            ),
        )
    ) + (f"（{draw.between(1, 40)}件）" if draw.chance(0.2) else "")


def _road(draw: Draw) -> str:
    return draw.pick(
        draw.split(
            ("广深高速", "京港澳高速", "中山大道", "机场高速", "环城快速路"),
            ("沈海高速", "二广高速", "解放北路", "滨海公路", "虎门大桥"),
        )
    )


#: look-alike → how a value is made, the names of such columns (development), the names (held out)
LOOKALIKES: Mapping[str, tuple[Callable[[Draw], str], tuple[str, ...], tuple[str, ...]]] = {
    "row id": (lambda d: str(d.between(1, 9_999_999)), ("id", "序号", "xh", "rowId"), ("主键", "seq_id", "bh", "recordId")),
    "snowflake": (lambda d: d.digits(19, "1"), ("id", "record_id", "主键"), ("snowflakeId", "雪花id", "data_id")),
    "order 18": (lambda d: _moment(d, "%Y%m%d%H%M%S") + d.digits(4), ("order_no", "订单号", "ddh"), ("orderSn", "业务单号", "ywdh")),
    "order 16": (lambda d: d.digits(16, "123456789"), ("order_id", "流水号", "lsh"), ("serialNo", "交易批号", "pch")),
    "order 20": (lambda d: d.split("DD", "GL") + _moment(d, "%Y%m%d%H%M") + d.digits(6), ("order_code", "工单编号"), ("workOrderNo", "运单号")),
    "stamp 14": (lambda d: _moment(d, "%Y%m%d%H%M%S"), ("create_time", "创建时间", "cjsj"), ("updateTime", "入库时间", "rksj")),
    "stamp 17": (lambda d: _moment(d, "%Y%m%d%H%M%S") + d.digits(3), ("ts", "时间戳"), ("eventTime", "采集时间")),
    "moment": (lambda d: _moment(d, d.split("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M")), ("created_at", "登记时间", "djsj"), ("passTime", "通行时间", "txsj")),
    "day": (lambda d: _moment(d, d.split("%Y-%m-%d", "%Y%m%d")), ("valid_until", "有效期至", "yxqz"), ("issueDate", "发证日期", "fzrq")),
    "millis": (lambda d: str(1_600_000_000_000 + d.between(0, 10**11)), ("gmt_create", "上报时间"), ("reportTs", "定位时间")),
    "epoch": (lambda d: str(1_600_000_000 + d.between(0, 10**8)), ("timestamp", "time"), ("unixTime", "sj_ts")),
    "amount": (lambda d: f"{d.random.uniform(1, 99999):.2f}", ("amount", "金额", "je"), ("totalFee", "罚款金额", "fkje")),
    "big amount": (lambda d: f"{d.random.uniform(1e8, 9e10):.2f}", ("invest", "投资额"), ("contractSum", "合同价")),
    "percent": (lambda d: f"{d.random.uniform(0, 100):.1f}%", ("rate", "完成率"), ("loadFactor", "占比")),
    "fraction": (lambda d: f"{d.random.random():.6f}", ("score", "权重"), ("probability", "系数")),
    "decimal": (lambda d: f"{d.random.uniform(20, 120):.4f}", ("speed_avg", "平均速度"), ("avgWeight", "轴重")),
    "count": (lambda d: str(d.between(0, 5000)), ("cnt", "数量", "sl"), ("passengerCount", "客运量", "kyl")),
    "flow": (lambda d: str(d.between(10_000, 999_999)), ("flow", "车流量"), ("dailyVolume", "断面流量")),
    "year": (lambda d: str(d.between(1995, 2026)), ("year", "年份", "nd"), ("buildYear", "出厂年份")),
    "month": (lambda d: f"{d.between(2018, 2026)}{d.between(1, 12):02}", ("month", "月份"), ("statMonth", "统计月")),
    "ean": (_ean, ("barcode", "条码"), ("ean13", "商品条码")),
    "isbn": (_isbn, ("isbn", "书号"), ("bookIsbn", "国际标准书号")),
    "tracking": (lambda d: d.split("SF", "YT") + d.digits(13), ("tracking_no", "运单号"), ("expressNo", "快递单号")),
    "uuid": (_uuid, ("uuid", "guid", "唯一标识"), ("traceId", "全局标识")),
    "hash": (lambda d: d.text("0123456789abcdef", d.split(32, 40)), ("md5", "校验值"), ("sha1", "摘要")),
    "version": (lambda d: f"{d.between(1, 9)}.{d.between(0, 20)}.{d.between(0, 99)}" + d.split("", f".{d.between(0, 9)}"), ("version", "版本号"), ("fwVersion", "固件版本")),
    "code": (lambda d: d.text(UPPER, 2) + d.digits(4), ("code", "物料编码"), ("partNo", "配件号")),
    "machine": (lambda d: d.split("srv", "node") + f"-{d.pick(('gz', 'sz', 'fs'))}-{d.between(1, 99):02}", ("hostname", "主机名"), ("nodeName", "服务器")),
    "model": (lambda d: d.pick(("BJ", "EQ", "ZZ", "CA")) + d.digits(4, "1356") + d.text(UPPER, 3), ("model", "车型", "cx"), ("vehicleModel", "厂牌型号", "cpxh")),
    "plate-like": (lambda d: d.pick("ABCDEFGH") + d.digits(5), ("batch", "批次"), ("lotNo", "库位")),
    "station": (_station, ("station_name", "站名", "zm"), ("stationTitle", "收费站名称", "sfzmc")),
    "station code": (lambda d: d.pick(("GD", "HN")) + d.digits(6), ("station_code", "站点编码"), ("gantryId", "门架编号")),
    "road": (_road, ("road_name", "道路名称"), ("roadTitle", "路段名")),
    "city": (lambda d: d.pick(people.counties())[2] or "广州市", ("city", "城市", "cs"), ("cityName", "所属地市", "ssds")),
    "county": (lambda d: d.pick(people.counties())[3], ("district", "区县", "qx"), ("countyName", "所在区", "szqx")),
    "firm": (people.company, ("company_name", "企业名称", "qymc"), ("corpName", "业户名称", "yhmc")),
    "department": (_words(("运输管理科", "安全监督处", "办公室", "财务科", "法规处"), ("信息中心", "执法一大队", "港航事务科", "人事处", "审计室")), ("department", "部门", "bm"), ("deptName", "所属科室", "ssks")),
    "agency": (_words(("广州市交通运输局", "深圳市公路事务中心", "佛山市公安局"), ("东莞市交通运输局", "惠州海事局", "珠海市港口管理局")), ("agency", "发证机关", "fzjg"), ("issuer", "管理机构", "gljg")),
    "post": (_words(("驾驶员", "调度员", "安全员", "站长", "会计"), ("值机员", "工程师", "水手", "轮机长", "检票员")), ("post", "岗位", "gw"), ("jobTitle", "职务", "zw")),
    "goods": (_words(("水泥", "钢材", "煤炭", "砂石", "粮食"), ("黄沙", "汽油", "柴油", "集装箱货物", "液化气", "方木")), ("goods", "货物名称", "hwmc"), ("cargo", "货种", "hz")),
    "colour": (_words(("白色", "黄色", "蓝色", "黑色"), ("银灰", "渐变绿", "红色", "黄绿双拼")), ("color", "车身颜色", "csys"), ("plateColor", "号牌颜色", "hpys")),
    "status": (_words(("正常", "停用", "注销"), ("在营", "已审核", "待审批", "作废")), ("status", "状态", "zt"), ("bizState", "营运状态", "yyzt")),
    "sex": (_words(("男", "女"), ("1", "2")), ("sex", "性别", "xb"), ("gender", "sexCode")),
    "yes": (_words(("是", "否"), ("Y", "N")), ("is_valid", "是否有效"), ("enabledFlag", "是否启用")),
    "remark": (_remark, ("remark", "备注", "bz"), ("memo", "情况说明", "qksm")),
    "weather": (_words(("晴", "多云", "小雨", "阴"), ("晴转多云", "雷阵雨", "大风", "有雾")), ("weather", "天气"), ("weatherDesc", "气象")),
    "kind": (_words(("重型货车", "大型普通客车", "小型轿车", "半挂牵引车"), ("中型客车", "危货运输车", "轻型厢式货车", "混凝土搅拌车")), ("vehicle_type", "车辆类型", "cllx"), ("carKind", "车辆种类", "clzl")),
    "line": (lambda d: d.split(f"{d.between(1, 999)}路", f"{d.pick(('B', '夜', '高快'))}{d.between(1, 99)}线"), ("line_name", "线路名称", "xlmc"), ("busLine", "线路")),
    "latin words": (_words(("Pending Review", "Road Works", "Heavy Rain", "New Order"), ("Toll Plaza", "Closed Lane", "Cold Chain", "Night Shift")), ("description", "category"), ("eventLabel", "reason")),
    "url": (lambda d: f"https://{d.split('www.example.com', 'files.example.org')}/a/{d.between(1, 9999)}", ("url", "链接"), ("imageUrl", "附件地址")),
    "file": (lambda d: f"{_moment(d, '%Y%m%d')}_{d.between(1, 999):03}.{d.split('jpg', 'pdf')}", ("file_name", "文件名"), ("attachment", "附件")),
    "json": (lambda d: f'{{"a": {d.between(1, 9)}, "b": "{d.pick(("x", "y"))}"}}', ("extra", "扩展字段"), ("payload", "参数")),
    "weight": (lambda d: f"{d.random.uniform(1, 49):.3f}", ("weight", "总重"), ("grossTon", "吨位")),
    "six digits": (lambda d: d.digits(6, "123456789"), ("mileage", "里程"), ("odometer", "累计里程")),
    "eleven digits": (lambda d: d.digits(11, "2345"), ("meter_no", "表号"), ("assetNo", "资产编号")),
    "fifteen digits": (lambda d: "9" + d.digits(14), ("device_sn", "设备序列号"), ("sn", "序列号")),
    "fine number": (lambda d: f"{d.random.uniform(0, 0.02):.6f}", ("offset", "偏移"), ("delta", "误差")),
    "latitude-like": (lambda d: f"{d.random.uniform(20, 25):.2f}", ("temperature", "温度"), ("tempC", "气温")),
    "terminal code": (lambda d: f"{d.pick('ABCDE')}{d.between(1, 5)}", ("gate", "登机口"), ("berthNo", "泊位")),
    "seat": (lambda d: f"{d.between(1, 16):02}车{d.between(1, 20):02}{d.pick('ABCDF')}号", ("seat_no", "座位号"), ("seat", "席位")),
}  # fmt: skip
