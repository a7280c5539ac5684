"""From normalised events to the days of those who caused them, column by column."""

from collections.abc import Iterator, Mapping
from datetime import date
from zoneinfo import ZoneInfo

import polars as pl

from detectors.behaviour.charged import ASKED, THROUGH, charged
from detectors.behaviour.facts import UNBOUNDED_ROWS, UNCOUNTED_QUERY_ROWS, WEIGHTS, DayFacts, EntityDay, EntityKey

#: columns of the stored events that are needed
COLUMNS = (
    "metadata.uid",
    "guanlan.batch",
    "time",
    "activity_id",
    "status_id",
    "actor.user.name",
    "actor.user.uid",
    "actor.app_name",
    "src_endpoint.ip",
    "api.operation",
    "query_info.uid",
    "query_info.query_string",
    "guanlan.person",
    "guanlan.post",
    "guanlan.tables",
    "guanlan.types",
    "guanlan.subjects",
    "guanlan.business",
    "guanlan.level_rank",
    "guanlan.rows",
    "guanlan.rows_basis",
    "guanlan.rows_bound",
    "guanlan.export",
    "unmapped",
    *ASKED,
)
_READING = ("SELECT", "COPY", "FETCH", "DECLARE", "DECLARE CURSOR", "TABLE", "WITH")
#: types whose rows are about a person
PERSONAL_TYPES = (
    "resident_id", "resident_id_15", "mobile", "person_name", "bank_card", "driver_licence", "passport", "email",
    "practitioner_cert", "etc_card", "health", "address", "birth_date", "plate",
)  # fmt: skip
_WHO = ["entity", "day"]
_MOST_UIDS = 60


def entity_days(
    frame: pl.DataFrame, zone: ZoneInfo, accounts: Mapping[str, EntityKey], org: str, threshold: int
) -> list[EntityDay]:
    """Add up the readings of each entity and local day; events nobody is named in are left out.

    What an application did for somebody known with ``threshold`` percent of confidence or more is theirs.
    """
    reads = _reads(charged(frame, accounts, threshold), zone)
    if reads.is_empty():
        return []
    sums = _sums(reads)
    details = {name: _by_key(reads, name) for name in ("tables", "shapes", "hours", "hosts", THROUGH)}
    rows, events, subjects = _rows(reads), _events(reads), _subjects(reads)
    made = []
    for row in sums.iter_rows(named=True):
        place = (row["entity"], row["day"])
        facts = DayFacts(
            reads=row["reads"],
            exports=row["exports"],
            unbounded=row["unbounded"],
            uncounted=row["uncounted"],
            peak=row["peak"],
            rows=rows.get(place, {}),
            person_rows=[row["person_low"], row["person_high"]],
            tables={str(key): value for key, value in details["tables"].get(place, {}).items()},
            shapes={str(key): value for key, value in details["shapes"].get(place, {}).items()},
            hours={int(str(key)): value for key, value in details["hours"].get(place, {}).items()},
            hosts={str(key): value for key, value in details["hosts"].get(place, {}).items()},
            subjects=subjects.get(place, {}),
            through={str(key): value for key, value in details[THROUGH].get(place, {}).items()},
            events=events.get(place, []),
            first=row["first"],
            last=row["last"],
        )
        made.append(EntityDay(_key(row, accounts, org), row["day"], facts))
    return made


def _key(row: Mapping[str, object], accounts: Mapping[str, EntityKey], org: str) -> EntityKey:
    account = str(row["account"])
    known = accounts.get(account)
    if known is not None:
        return known
    person = row["person"]
    kind, name = ("person", str(person)) if person else ("account", account)
    return EntityKey(kind, name, account, str(row["post"] or ""), service=False, org=org)


def _reads(frame: pl.DataFrame, zone: ZoneInfo) -> pl.DataFrame:
    """Readings that succeeded, one row each, with weighted rows."""
    weight = pl.col("rank").replace_strict(dict(WEIGHTS), default=0.25, return_dtype=pl.Float64)
    local = pl.col("time").dt.convert_time_zone(str(zone))
    # most lines of a web server name nobody: what was read is asked only of those that do
    named = frame.filter(pl.col("actor.user.name").is_not_null())
    reads = named.filter(is_read()).select(
        pl.coalesce("guanlan.person", "actor.user.name").alias("entity"),
        pl.col("actor.user.name").alias("account"),
        pl.col("guanlan.person").alias("person"),
        pl.col("guanlan.post").alias("post"),
        local.dt.date().alias("day"),
        local.dt.hour().cast(pl.Int64).alias("hours"),
        pl.col("src_endpoint.ip").fill_null("").alias("hosts"),
        pl.col("guanlan.tables").alias("tables"),
        pl.col(THROUGH),
        pl.coalesce("query_info.uid", "api.operation").fill_null("").alias("shapes"),
        pl.col("guanlan.level_rank").fill_null(0).alias("rank"),
        pl.col("guanlan.export").fill_null(value=False).alias("export"),
        pl.col("guanlan.types").list.set_intersection(list(PERSONAL_TYPES)).list.len().fill_null(0).alias("personal"),
        pl.col("guanlan.subjects").alias("subjects"),
        pl.col("guanlan.business").is_not_null().alias("business"),
        pl.col("metadata.uid").alias("uid"),
        pl.col("time").dt.epoch("us").alias("at"),
        *_row_bounds(),
    )
    return reads.with_columns((weight * pl.col("likely")).alias("weight"))


def is_read() -> pl.Expr:
    """Whether an event took data out of a database: by pgaudit's class where it says, else by the operation."""
    audit_class = pl.col("unmapped").str.extract(r'"class":\s*"([A-Z]+)"')
    operation = pl.col("api.operation").str.to_uppercase().is_in(list(_READING))
    fetching = pl.col("api.operation").str.to_uppercase().is_in(["FETCH"])
    severity = pl.col("unmapped").str.extract(r'"severity":\s*"([A-Z]+)"')  # STATEMENT repeats what failed
    done = (pl.col("status_id").fill_null(1) != 2) & (severity.is_null() | (severity == "LOG"))
    by_class = (audit_class == "READ") | (audit_class.is_null() & operation) | fetching
    return (by_class.fill_null(value=False) & done) | pl.col("guanlan.export").fill_null(value=False)


def _row_bounds() -> list[pl.Expr]:
    """Counted rows, the bound of what was not counted, and what is likely; whether nothing bounds it."""
    rows, bound = pl.col("guanlan.rows"), pl.col("guanlan.rows_bound")
    unknown = ((pl.col("guanlan.rows_basis") == "unknown") & rows.is_null()).fill_null(value=False)
    plain = pl.col("api.operation").str.to_uppercase().is_in(["SELECT", "WITH", "TABLE"]).fill_null(value=False)
    most = pl.coalesce(rows, bound, pl.when(unknown).then(UNBOUNDED_ROWS)).fill_null(0)
    few = unknown & plain & ~pl.col("guanlan.export").fill_null(value=False)
    return [
        rows.fill_null(0).alias("low"),
        most.alias("high"),
        pl.when(few).then(pl.min_horizontal(most, pl.lit(UNCOUNTED_QUERY_ROWS))).otherwise(most).alias("likely"),
        (unknown & bound.is_null()).alias("open"),
        unknown.alias("uncounted"),
    ]


def _sums(reads: pl.DataFrame) -> pl.DataFrame:
    personal = pl.col("personal") > 0
    return reads.group_by(_WHO, maintain_order=True).agg(
        pl.col("account").first(),
        pl.col("person").first(),
        pl.col("post").drop_nulls().first(),
        pl.len().alias("reads"),
        pl.col("export").sum().alias("exports"),
        pl.col("open").sum().alias("unbounded"),
        pl.col("uncounted").sum(),
        pl.col("weight").max().alias("peak"),
        pl.col("low").filter(personal).sum().alias("person_low"),
        pl.col("high").filter(personal).sum().alias("person_high"),
        pl.col("at").min().alias("first"),
        pl.col("at").max().alias("last"),
    )


def _by_key(reads: pl.DataFrame, name: str) -> dict[tuple[str, date], dict[object, float]]:
    """Weighted rows by table (counted at each), shape, hour or address; what was touched for nothing stays, at 0."""
    column = reads.explode("tables") if name == "tables" else reads
    column = column.drop_nulls(name)
    found: dict[tuple[str, date], dict[object, float]] = {}
    for entity, day, key, weight in column.group_by([*_WHO, name]).agg(pl.col("weight").sum()).iter_rows():
        found.setdefault((entity, day), {})[key] = weight
    return found


def _subjects(reads: pl.DataFrame) -> dict[tuple[str, date], dict[str, float]]:
    """How often each subject was looked up without a business number; one that always had one stays, at 0."""
    if reads["subjects"].null_count() == reads.height:
        return {}
    column = reads.select(*_WHO, "subjects", "business").explode("subjects").drop_nulls("subjects")
    found: dict[tuple[str, date], dict[str, float]] = {}
    times = (~pl.col("business")).sum().cast(pl.Float64)
    for entity, day, token, count in column.group_by([*_WHO, "subjects"]).agg(times.alias("times")).iter_rows():
        found.setdefault((entity, day), {})[token] = count
    return found


def _rows(reads: pl.DataFrame) -> dict[tuple[str, date], dict[int, list[int]]]:
    found: dict[tuple[str, date], dict[int, list[int]]] = {}
    summed = reads.group_by([*_WHO, "rank"]).agg(pl.col("low", "high", "likely").sum())
    for entity, day, rank, *figures in summed.iter_rows():
        found.setdefault((entity, day), {})[rank] = figures
    return found


def _events(reads: pl.DataFrame) -> dict[tuple[str, date], list[tuple[float, str]]]:
    heaviest = reads.sort("weight", descending=True).group_by(_WHO, maintain_order=True).head(_MOST_UIDS)
    return {(entity, day): pairs for entity, day, pairs in _paired(heaviest)}


def _paired(heaviest: pl.DataFrame) -> Iterator[tuple[str, date, list[tuple[float, str]]]]:
    for entity, day, weights, uids in heaviest.group_by(_WHO).agg("weight", "uid").iter_rows():
        yield entity, day, list(zip(weights, uids, strict=True))
