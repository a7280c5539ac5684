from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from policies.protection.policy import KIND, default_body
from policies.protection.service import install_default, policy_for, policy_from, shown_to_roles, what_if
from soc.clock import now
from soc.crypto import ring_of
from soc.errors import InputError
from soc.identity.actor import Actor, Role
from soc.ledger.levels import Level
from soc.ledger.models import LedgerItem, LedgerTable, Source
from soc.versions import service as versions


@pytest.fixture
def item(session: Session) -> LedgerItem:
    """A mobile number's column at a city's centre."""
    at = now()
    source = Source(org="440100", name="s", kind="sqlite", address="x", sealed_url=b"", added_at=at)
    session.add(source)
    session.flush()
    table = LedgerTable(org="440100", source_id=source.id, name="driver", first_seen=at, last_seen=at)
    session.add(table)
    session.flush()
    made = LedgerItem(
        org="440100",
        table_id=table.id,
        source_id=source.id,
        name="phone",
        type="mobile",
        level=Level.G3,
        first_seen=at,
        last_seen=at,
    )
    session.add(made)
    session.flush()
    return made


def tightened() -> dict[str, object]:
    body = default_body()
    return body | {"rules": [r | {"operator": "suppress"} if r["id"] == "level-three" else r for r in body["rules"]]}


def test_each_role_sees_its_own(session: Session, item: LedgerItem) -> None:
    seen = {role: shown.value for role, shown in shown_to_roles(session, item).items()}
    assert seen[Role.ANALYST] == "138****8000"
    assert seen[Role.OWNER] == "13800138000"
    assert seen[Role.SYSADMIN] is None


def test_a_change_is_counted_before_it_is_made(session: Session, operator: Actor, item: LedgerItem) -> None:
    found = what_if(session, operator, default_body(), tightened())
    assert (found.items, found.changed) == (1, 1)
    assert {(move.before, move.after) for move in found.moves} == {("partial", "suppress")}


def test_no_change_changes_nothing(session: Session, operator: Actor, item: LedgerItem) -> None:
    assert what_if(session, operator, default_body(), default_body()).changed == 0


def test_what_lies_outside_is_not_counted(session: Session, item: LedgerItem, person: object) -> None:
    stranger = person(Role.POLICY, "440300")  # type: ignore[operator]
    assert what_if(session, stranger, default_body(), tightened()).items == 0


def test_a_centre_without_a_policy_follows_the_one_above(session: Session, operator: Actor) -> None:
    install_default(session, operator)
    body = tightened() | {"title": "广州市"}
    versions.install(session, operator, KIND, "440100", body, title="广州市")
    assert policy_for(session, "440103").title == "广州市"
    assert policy_for(session, "440300").title == default_body()["title"]


def test_installing_twice_installs_once(session: Session, operator: Actor) -> None:
    for _ in range(2):
        install_default(session, operator)
    assert len(versions.history(session, KIND, operator.org)) == 1


@pytest.mark.parametrize("named", [None, "active", "default"])
def test_a_policy_is_named_or_the_one_in_force(session: Session, named: str | None) -> None:
    assert policy_from(session, "440000", named).title == default_body()["title"]


def test_a_policy_may_be_a_file(session: Session, tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text("title: x\n", encoding="utf-8")
    with pytest.raises(InputError):
        policy_from(session, "440000", str(tmp_path / "p.yaml"))
    with pytest.raises(InputError, match="no_policy"):
        policy_from(session, "440000", "nowhere")


def test_the_keys_of_tokens_are_the_installations(session: Session, item: LedgerItem) -> None:
    shown_to_roles(session, item, purpose="analysis")
    assert ring_of(session.info["settings"]).has("protection.token")
