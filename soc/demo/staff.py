"""The demo's persons: one of each role at the province, and more at a city and a county of another city."""

import json
import os
from dataclasses import asdict, dataclass

from sqlalchemy import select

from config.settings import Settings
from soc.db import Database
from soc.errors import NotFoundError
from soc.identity.actor import Role
from soc.identity.actors import operator_actor
from soc.identity.models import Person
from soc.identity.passwords import one_time_password
from soc.identity.persons import NewPerson, add_person, install_roles

_FILE = "demo-users.json"

#: username, name, role, organisation; the approvers of each two-person act are among them twice
_PERSONS: tuple[tuple[str, str, Role, str], ...] = (
    ("lin.fenxi", "林晓岚", Role.ANALYST, "440000"),
    ("zhou.zhihui", "周振海", Role.COMMANDER, "440000"),
    ("he.zhihui", "何立群", Role.COMMANDER, "440000"),
    ("xu.hegui", "许文静", Role.AUDITOR, "440000"),
    ("chen.celue", "陈思远", Role.POLICY, "440000"),
    ("wu.celue", "吴若彤", Role.POLICY, "440000"),
    ("huang.lingdao", "黄建国", Role.LEADER, "440000"),
    ("liang.shuyuan", "梁秋萍", Role.OWNER, "440000"),
    ("sun.anquan", "孙永安", Role.SECADMIN, "440000"),
    ("qian.anquan", "钱志坚", Role.SECADMIN, "440000"),
    ("deng.shenji", "邓清和", Role.AUDADMIN, "440000"),
    ("gz.fenxi", "冯嘉怡", Role.ANALYST, "440100"),
    ("gz.zhihui", "邝国强", Role.COMMANDER, "440100"),
    ("gz.lingdao", "区伟明", Role.LEADER, "440100"),
    ("gz.shuyuan", "麦淑仪", Role.OWNER, "440100"),
    ("lh.fenxi", "罗子轩", Role.ANALYST, "440303"),
    ("lh.zhihui", "温海涛", Role.COMMANDER, "440303"),
)


@dataclass(frozen=True, slots=True)
class DemoUser:
    """A person of the demo, with the password that ``soc demo users`` shows."""

    username: str
    password: str
    role: str
    org: str


def add_persons(database: Database, settings: Settings) -> None:
    """Make the demo's persons and keep their passwords beside the keys, for ``soc demo users``.

    Done again after a kill it makes nobody twice.
    """
    users = _known(settings) or [
        DemoUser(name, one_time_password(), role.value, org) for name, _, role, org in _PERSONS
    ]
    _keep(settings, users)
    with database.write() as session:
        actor = operator_actor(session, "demo")
        if session.scalar(select(Person.id).where(Person.username == users[0].username)) is not None:
            return  # all of them are made in one transaction
        for user, (_, shown, role, _) in zip(users, _PERSONS, strict=True):
            order = NewPerson(username=user.username, display_name=shown, org=user.org)
            person, _ = add_person(session, actor, order, password=user.password)
            install_roles(session, actor, person, frozenset({role}))


def demo_users(settings: Settings) -> list[DemoUser]:
    """Return the demo's persons with their passwords.

    Raises:
        NotFoundError: this installation is no demo.
    """
    users = _known(settings)
    if not users:
        raise NotFoundError("errors.no_demo")
    return users


def _known(settings: Settings) -> list[DemoUser]:
    path = settings.home / "keys" / _FILE
    return [DemoUser(**one) for one in json.loads(path.read_text(encoding="utf-8"))] if path.exists() else []


def _keep(settings: Settings, users: list[DemoUser]) -> None:
    path = settings.folder("keys") / _FILE
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump([asdict(user) for user in users], file, ensure_ascii=False, indent=1)
