"""PostgreSQL's row-level security: the rule of :mod:`soc.tiers.scope`, held by the database itself.

The queries of the product keep to a scope by themselves; what forgets to (a Core select, text, a bulk
update, an object found in the identity map) meets these policies. They are told for whom a transaction
acts (:mod:`soc.statesession`) and show nothing where nobody was named. FORCE holds the owner too.

Every table of a :class:`Scoped` model gets its policy when it is made, and after each upgrade; a
model says what departs from the rule (``part_of``, ``read_from_below``, ``sent_upwards``).
"""

import hashlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, MetaData, event, inspect, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from soc.approle import ROLE
from soc.db import Model
from soc.tiers.models import Scoped

_FUNCTIONS = (
    """CREATE OR REPLACE FUNCTION soc_sees_all() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
         SELECT coalesce(current_setting('guanlan.path', true), '') = '*' $$""",
    """CREATE OR REPLACE FUNCTION soc_own() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
         SELECT nullif(current_setting('guanlan.org', true), '') $$""",
    """CREATE OR REPLACE FUNCTION soc_above() RETURNS SETOF text LANGUAGE sql STABLE PARALLEL SAFE AS $$
         SELECT unnest(string_to_array(trim(BOTH '/' FROM current_setting('guanlan.path', true)), '/')) $$""",
    """CREATE OR REPLACE FUNCTION soc_orgs() RETURNS SETOF text LANGUAGE sql STABLE PARALLEL SAFE AS $$
         SELECT o.code::text FROM organisations AS o
          WHERE starts_with(o.path, nullif(current_setting('guanlan.path', true), ''))
             OR (o.line IS NOT NULL AND EXISTS (
                   SELECT FROM jsonb_to_recordset(
                     coalesce(nullif(current_setting('guanlan.lines', true), ''), '[]')::jsonb
                   ) AS granted(line text, root text)
                   WHERE granted.line = o.line AND starts_with(o.path, granted.root))) $$""",
)
#: evaluated once a statement: sub-selects that depend on no row, the lists hashed
_ALL = "(SELECT soc_sees_all())"
_MINE = "IN (SELECT * FROM soc_orgs())"
_ABOVE = "IN (SELECT * FROM soc_above())"
_OWN = "= (SELECT soc_own())"

_PERSON = f"SELECT id FROM persons WHERE org {_MINE}"  # noqa: S608 - no value of anybody's

#: tables that belong to somebody without being Scoped: what is read and written, and what is only read
_OTHERS = {
    "business_line_grants": (f"root {_MINE} AND person_id IN ({_PERSON})", f"root {_MINE} OR person_id IN ({_PERSON})"),
    "person_roles": (f"person_id IN ({_PERSON})", None),
    "shares": (f"owner {_MINE}", f"org {_OWN}"),
    "web_sessions": (f"person_id IN ({_PERSON})", None),
}
TRAIL = "trail_entries"
#: whose name is whose everybody reads; a unit is made, moved and renamed by those above it
ORGANISATIONS = "organisations"
_BELOW = f"({_ALL} OR starts_with(path, nullif(current_setting('guanlan.path', true), '')))"
_NAMES = ("acting", "added", "below", "changed", "holding", "record", "removed", "shown", "upwards")


def guarded() -> dict[str, type[Any] | None]:
    """Return every table that has a policy, with its Scoped model where it has one."""
    scoped = {
        mapper.local_table.name: mapper.class_  # type: ignore[attr-defined]
        for mapper in Model.registry.mappers
        if issubclass(mapper.class_, Scoped) and mapper.local_table.name in Model.metadata.tables  # type: ignore[attr-defined]
    }
    return {**dict(sorted(scoped.items())), **dict.fromkeys([*_OTHERS, TRAIL, ORGANISATIONS])}


def rule_of(model: type[Any]) -> str:
    """Return the condition under which a row of a Scoped model is seen and written."""
    return f"{_ALL} OR org {_MINE} OR {_shared(model.__tablename__, 'id', model)}"


def _shared(table: str, key: str, model: type[Any]) -> str:
    """Return the condition that an item, or what it is part of, was shared with one's own organisation.

    The share names the item's owner: one that somebody made for an item that is not theirs opens nothing.
    """
    direct = f"({key}, org) IN (SELECT item_id, owner FROM shares WHERE kind = '{table}' AND org {_OWN})"  # noqa: S608
    if model.part_of is None:
        return direct
    column, whole = model.part_of
    above = _model_of(whole)
    if above.part_of is None:
        return f"{direct} OR {_shared(whole, column, above)}"
    return f"{direct} OR ({column}, org) IN (SELECT id, org FROM {whole} WHERE {_shared(whole, 'id', above)})"  # noqa: S608


def _model_of(table: str) -> type[Any]:
    found = guarded()[table]
    assert found is not None
    return found


def _policies(table: str, model: type[Any] | None) -> Iterator[tuple[str, str]]:
    """Yield the name and the definition of each policy of a table; they are alternatives."""
    if table == TRAIL:
        # whoever acts writes what they did, to whomever they did it
        yield "acting", f"FOR SELECT USING ({_ALL} OR org {_MINE})"
        yield "record", "FOR INSERT WITH CHECK (true)"
        return
    if table == ORGANISATIONS:
        # one for each verb: a policy for all of them would be asked by soc_orgs(), which they would ask in turn
        yield "shown", "FOR SELECT USING (true)"
        yield "added", f"FOR INSERT WITH CHECK {_BELOW}"
        yield "changed", f"FOR UPDATE USING {_BELOW} WITH CHECK {_BELOW}"
        yield "removed", f"FOR DELETE USING {_BELOW}"
        return
    if model is None:
        rule, readable = _OTHERS[table]
        yield "acting", f"USING ({_ALL} OR {rule}) WITH CHECK ({_ALL} OR {rule})"
        if readable is not None:
            yield "shown", f"FOR SELECT USING ({readable})"
        return
    rule = rule_of(model)
    yield "acting", f"USING ({rule}) WITH CHECK ({rule})"
    if model.read_from_below is not None:
        yield "below", f"FOR SELECT USING (org {_ABOVE} AND {model.read_from_below})"
    if model.read_with:
        # the policies of what it holds decide in their turn whether there is any to be seen; PostgreSQL asks this
        # alternative first, so it says itself that one's own rows need not be asked
        held = (f"EXISTS (SELECT FROM {part} AS held WHERE held.{key} = {table}.id)" for part, key in model.read_with)
        yield "holding", f"FOR SELECT USING (NOT {_ALL} AND NOT org {_MINE} AND ({' OR '.join(held)}))"
    if model.sent_upwards:
        yield "upwards", f"FOR INSERT WITH CHECK (org {_ABOVE})"


def statements() -> Iterator[str]:
    """Yield everything that puts the rule in force, each safe to be done again."""
    yield from _FUNCTIONS
    for table, model in guarded().items():
        yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
        yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
        for name in _NAMES:
            yield f"DROP POLICY IF EXISTS {name} ON {table}"
        for name, definition in _policies(table, model):
            yield f"CREATE POLICY {name} ON {table} {definition}"


def _grants() -> Iterator[str]:
    """Yield what the application may do: rows of every table, and of the trail only new ones."""
    yield f"GRANT USAGE ON SCHEMA public TO {ROLE}"
    yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {ROLE}"
    yield f"GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO {ROLE}"
    yield f"REVOKE UPDATE, DELETE ON {TRAIL} FROM {ROLE}"
    yield (
        "DO $$ BEGIN IF to_regclass('alembic_version') IS NOT NULL THEN"
        f" REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {ROLE}; END IF; END $$"
    )


def in_force(connection: Connection) -> bool:
    """Tell whether the database holds exactly this version's rule."""
    found = connection.execute(text("SELECT obj_description(to_regproc('soc_orgs')::oid, 'pg_proc')")).scalar()
    return bool(found == _digest(_has_role(connection)))


def put_in_force(connection: Connection) -> None:
    """Give every table its policies and the application its rights; done by whoever owns the tables."""
    _make_role(connection)
    has_role = _has_role(connection)
    for statement in [*statements(), *(_grants() if has_role else ())]:
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql(f"COMMENT ON FUNCTION soc_orgs() IS '{_digest(has_role)}'")


def _digest(has_role: bool) -> str:
    """Return a mark of this version's rule; a role that an administrator makes later gets its rights, too."""
    whole = "\n".join([*statements(), *_grants(), str(has_role)])
    return hashlib.sha256(whole.encode()).hexdigest()[:16]


def _has_role(connection: Connection) -> bool:
    return bool(connection.execute(text("SELECT to_regrole(:role) IS NOT NULL"), {"role": ROLE}).scalar())


def _can_become(connection: Connection) -> bool:
    member = "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = :role AND pg_has_role(current_user, oid, 'MEMBER'))"
    return bool(connection.execute(text(member), {"role": ROLE}).scalar())


def _make_role(connection: Connection) -> None:
    """Make the application's role and belong to it, where the owner may; another installation may have made it."""
    for statement in (f"CREATE ROLE {ROLE} NOLOGIN NOBYPASSRLS", f"GRANT {ROLE} TO CURRENT_USER"):
        if _can_become(connection):
            return
        try:
            with connection.begin_nested():
                connection.exec_driver_sql(statement)
        except IntegrityError:
            continue  # a role is the whole cluster's: another installation made it in this very moment
        except ProgrammingError:
            continue  # it is there, or only an administrator may: FORCE then holds the owner, and `soc check` says so


@event.listens_for(Model.metadata, "after_create")
def _guard_new_tables(_metadata: MetaData, connection: Connection, **_: Any) -> None:
    if connection.dialect.name == "postgresql" and inspect(connection).has_table("organisations"):
        put_in_force(connection)
