"""What the demo has not by itself, put there for the tour as people would: by the services and the commands."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.ingest.pull import bucket, indices
from audit.ingest.pull.models import ObjectState, PulledObject, PullKind
from audit.ingest.pull.service import Order, add_pull, pause_pull, progress_of
from audit.ingest.receive.counts import Counts, write
from audit.ingest.receive.heard import note
from audit.ingest.receive.models import LogSender
from config.settings import Settings
from detectors.discovery.scanning import service as scans
from detectors.discovery.scanning.models import Mode
from detectors.findings import Finding
from incidents.alerts.models import Alert, AlertFinding
from incidents.alerts.service import comment
from incidents.cases.models import Incident
from incidents.cases.tasks import NewTask, open_task
from incidents.exceptions.preview import suggested
from incidents.exceptions.service import NewException, examples_of, propose_exception
from policies.ledger.exchange.form import Sheet
from policies.ledger.exchange.service import bring_in
from policies.ledger.exchange.workbook import Line
from soc.acting import SystemPath
from soc.approvals.models import Approval
from soc.approvals.service import approve
from soc.clock import now
from soc.db import Database
from soc.identity.actor import Actor, Role
from soc.identity.actors import actor_of, operator_actor
from soc.identity.models import Person, PersonRole
from soc.identity.persons import propose_roles
from soc.identity.tokens import create_token
from soc.jobs import enqueue
from soc.ledger.models import Source
from soc.running import Running
from soc.tiers.scope import within
from tests.detectors.sigma.own.writing import own, put_in_force

CITY, CITYS_SOURCE = "440100", "transport-440100"
ETL = """INSERT INTO tmp_20231107 (c1, c2) SELECT sfzh, upper(xm) FROM practitioner_archive;
INSERT INTO practitioner_credit (xm) SELECT p.xm FROM practitioner_archive p JOIN staff s ON s.xm = p.xm;
"""
#: of a web log, sent under another name
WEB_LINE = '10.1.2.3 - - [22/Nov/2026:10:00:00 +0800] "GET /portal/permits HTTP/1.1" 200 512 "-" "curl/8"\n'
#: one line that differs from the ledger, one that it has not
CATALOGUE = (
    {"table": "practitioner_archive", "column": "sfzh", "title": "身份证号码", "sharing": "有条件共享"},
    {"table": "road_asset", "column": "lxbm", "title": "路线编码"},
)


def furnish(province: Running) -> None:
    """Proposals that wait, what people wrote, lines under a wrong name, a second scan, a check of weak spots, lineage, another catalogue."""
    settings = Settings.load(dict(province.environ))
    with closing(Database.open(settings).acting_for(SystemPath.OPERATOR)) as database, database.write() as session:
        operator = operator_actor(session)
        _people(session, operator)
        _incident(session, operator)
        _exception(session)
        _own_rule(session)
        _receivers(session, settings)
        _pulls(session, operator, settings)
        lines = [Line(Sheet.ITEMS, number, cells) for number, cells in enumerate(CATALOGUE, 2)]
        bring_in(session, operator, "一网共享", "目录.xlsx", lines, at=now())
        scans.start(session, operator, _source(session, CITYS_SOURCE), Mode.AGAIN)
    etl = Path(province.home).with_name("etl.sql")
    etl.write_text(ETL, encoding="utf-8")
    wrong = etl.with_name("wrong.log")
    wrong.write_text(WEB_LINE * 3, encoding="utf-8")
    province.soc("logs", "ingest", str(wrong), "--format", "pgaudit", "--org", "440000")
    province.soc("ledger", "lineage", str(etl), "--source", CITYS_SOURCE, "--org", CITY)
    province.soc("weaknesses", "check", CITYS_SOURCE, "--org", CITY)


def _own_rule(session: Session) -> None:
    """One of the province's own, in force by two persons."""
    author, second = (
        session.scalars(select(Person).join(PersonRole).where(Person.org == "440000", PersonRole.role == role)).first()
        for role in (Role.POLICY, Role.COMMANDER)
    )
    assert author is not None
    assert second is not None
    put_in_force(session, actor_of(session, author), actor_of(session, second), "440000", own())


def _source(session: Session, name: str) -> Source:
    return session.scalars(select(Source).where(Source.name == name)).one()


def _people(session: Session, operator: Actor) -> None:
    someone = session.scalars(select(Person).where(Person.username == "gz.fenxi")).one()
    secadmin = session.scalars(select(Person).where(Person.username == "sun.anquan")).one()
    propose_roles(session, actor_of(session, secadmin), someone.id, frozenset({Role.COMMANDER}), reason="轮岗")
    create_token(session, operator, CITY, ("logs.write",), demo=True)
    enqueue(session, operator, "upkeep", {})


def _receivers(session: Session, settings: Settings) -> None:
    """A port, a sender that is heard and one that is not."""
    note(session, CITY, "tcp:5514", ["10.0.7.1"], at=now() - timedelta(days=2))
    session.scalars(select(LogSender)).one().silent_at = now()
    note(session, CITY, "tcp:5514", ["10.0.7.2"], at=now())
    write(settings, Counts(name="tcp:5514", org=CITY, format="auto", messages=1200, last_at=now()))


def _pulls(session: Session, operator: Actor, settings: Settings) -> None:
    """A cluster that does not answer, asked again after the tour, and a bucket that rests, with what was passed over."""
    cluster = Order(
        CITY, "广州日志集群", PullKind.OPENSEARCH, "https://10.0.7.30:9200", "logs-*", indices.Wanted(), field="message"
    )
    late = progress_of(session, add_pull(session, operator, settings, cluster))
    late.trouble = {"key": "pulls.trouble.unreachable", "params": {"host": "10.0.7.30"}}
    late.failures, late.records, late.rate, late.next_at = 4, 1_204_118, 5210.0, now() + timedelta(days=7)
    late.newest_at = late.worked_at = now() - timedelta(minutes=21)
    archive = Order(
        CITY, "云审计归档", PullKind.BUCKET, "https://10.0.7.31:9000", "audit-archive",
        bucket.Wanted(prefix="nginx/", ordered=True), every=timedelta(minutes=1),
    )  # fmt: skip
    pull = add_pull(session, operator, settings, archive)
    pause_pull(session, operator, pull.id)
    known = PulledObject(
        org=CITY, pull_id=pull.id, digest="0" * 64, key="nginx/2026/11/22/access-0007.gz", etag="e", size=1 << 20,
        state=ObjectState.SKIPPED, reason="pulls.skipped.broken", changed_at=now(), read_at=now(),
    )  # fmt: skip
    session.add(known)
    progress_of(session, pull).skipped = 1


def _exception(session: Session) -> None:
    """The nightly backup's dumps are no news: one person asked for that, another agreed."""
    who = {
        name: actor_of(session, session.scalars(select(Person).where(Person.username == name)).one())
        for name in ("lin.fenxi", "zhou.zhihui")
    }
    analyst, commander = who.values()
    query = within(analyst, Finding).where(Finding.entity_name == "svc_backup").order_by(Finding.last_at.desc())
    held = session.scalars(query.limit(1)).one()
    alert_id = session.scalars(select(AlertFinding.alert_id).where(AlertFinding.finding_id == held.id)).one()
    alert = session.get_one(Alert, alert_id)
    terms = suggested(
        session, analyst, examples_of(session, analyst, alert), at=now(), zone=session.info["settings"].timezone
    )
    order = NewException(terms, now() + timedelta(days=90), analyst.name, "每晚全库备份，运维处报备")
    made = propose_exception(session, analyst, alert, order, at=now())
    asked = select(Approval).where(Approval.subject_id == str(made.id))
    approve(session, commander, session.scalars(asked).one().id, at=now())


def _incident(session: Session, operator: Actor) -> None:
    alert = session.scalars(select(Alert).order_by(Alert.score.desc()).limit(1)).one()
    comment(session, operator, alert.id, "已电话联系本人，正在核实。", at=now())
    incident = session.scalars(select(Incident).limit(1)).one()
    open_task(session, operator, incident.id, NewTask("核实导出文件去向"), at=now())
