"""A day of the trial as the log store holds it, without each of millions of lines being parsed.

Every kind of statement, by every program, goes through the real formats and enrichment once; the other events are
made like that one, with their own time, account, address, rows and who asked. That both ways give the same days is
shown by ``tests/detectors/leaktrial/test_events.py``.
"""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import polars as pl

from audit.ingest.enrich import enrich
from audit.ingest.enrich.surroundings import inside_of, off_hours
from audit.ingest.formats import ParseOptions, find_format, parse_bytes
from audit.ingest.frame import completed, good
from config.settings import Settings
from detectors.behaviour.facts import EntityKey
from soc.db import Database
from soc.demo.leaks.log import Scribe
from soc.ocsf.schema import EVENT_SCHEMA
from soc.subjects.tokens import current

_FORMAT = "pgaudit"
#: what makes an event like another but for what is its own
_LIKE = ["pattern", "app", "failed", "commented"]


@dataclass
class Likenesses:
    """Knows an enriched event of each likeness; ``org`` is whose logs they are."""

    database: Database
    settings: Settings
    scribe: Scribe
    org: str
    _known: dict[tuple[object, ...], pl.DataFrame] = field(default_factory=dict)

    def events(self, done: pl.DataFrame, day: date, keys: dict[str, EntityKey]) -> pl.DataFrame:
        """Return the stored events of a day that :func:`soc.demo.leaks.log.ordered` gave, in their order."""
        done = done.with_columns(pl.col("asked").is_not_null().alias("commented"))
        fresh = done.unique(_LIKE, keep="first", maintain_order=True)
        likes = list(fresh.select(_LIKE).iter_rows())
        unknown = [place for place, like in enumerate(likes) if like not in self._known]
        if unknown:
            self._learn([likes[place] for place in unknown], fresh[unknown], day)
        wanted = pl.concat([self._known[like] for like in likes])
        joined = done.join(wanted, on=_LIKE, how="left", maintain_order="left_right", suffix="_like")
        return self._own(joined, day, keys)

    def _learn(self, likes: list[tuple[object, ...]], rows: pl.DataFrame, day: date) -> None:
        """Take one statement of each likeness the real way; a failed one is two records."""
        texts = [list(self.scribe.lines(rows[place], day)) for place in range(rows.height)]
        counts = [sum(text.count("\n") for text in lines) for lines in texts]
        body = "".join(line for lines in texts for line in lines).encode()
        parsed = good(parse_bytes(find_format(_FORMAT), body, ParseOptions()))
        if parsed.height != sum(counts):
            raise ValueError("a line of the trial is not one record")
        records = completed(parsed, _FORMAT).with_columns(
            pl.lit("").alias("metadata.uid"), pl.lit("").alias("guanlan.batch"), pl.lit(0).alias("guanlan.position"),
            pl.lit(self.org).alias("guanlan.org"),
        )  # fmt: skip
        events = enrich(self.database, self.settings, records, self.org).drop("time")
        first = 0
        for like, count in zip(likes, counts, strict=True):
            marks = [pl.lit(value, rows.schema[name]).alias(name) for name, value in zip(_LIKE, like, strict=True)]
            self._known[like] = events[first : first + count].with_columns(marks)
            first += count

    def _own(self, joined: pl.DataFrame, day: date, keys: dict[str, EntityKey]) -> pl.DataFrame:
        """Put in what is each event's own."""
        persons = {name: key.name for name, key in keys.items() if key.kind == "person"}
        posts = {name: key.post for name, key in keys.items()}
        account, number = pl.col("account"), pl.int_range(pl.len())
        own = joined.with_columns(
            pl.format("{}-{}", pl.lit(day.isoformat()), number).alias("metadata.uid"),
            pl.lit(day.isoformat()).alias("guanlan.batch"),
            number.alias("guanlan.position"),
            account.alias("actor.user.name"),
            pl.format("{}.{}", "started", "pid").alias("actor.session.uid"),
            pl.col("ip").alias("src_endpoint.ip"),
            account.replace_strict(list(persons), list(persons.values()), default=None).alias("guanlan.person"),
            account.replace_strict(list(posts), list(posts.values()), default=None).alias("guanlan.post"),
            pl.when(pl.col("guanlan.asked_by").is_not_null()).then("asked").alias("guanlan.asked_by"),
            pl.when(pl.col("guanlan.rows_basis") == "measured").then("rows").alias("guanlan.rows"),
            off_hours(joined["time"], self.settings.timezone).alias("guanlan.off_hours"),
            inside_of(joined["ip"], self.settings.inside_networks).alias("guanlan.inside"),
            self._subjects().alias("guanlan.subjects"),
        )
        return own.select(EVENT_SCHEMA.names)

    def _subjects(self) -> pl.Expr:
        """Whom a statement looked up: of the types that its likeness has, the persons and plates of its own literals."""
        persons, plates = (pl.lit(one).gather(pl.col("seed") % len(one)) for one in self._tokens)
        types = pl.col("guanlan.subjects").list.eval(pl.element().str.extract("^([a-z_]+):"))
        person, plate = types.list.contains("resident_id"), types.list.contains("plate")
        both = pl.when(person & plate).then(pl.concat_list(persons, plates))
        return both.when(person).then(pl.concat_list(persons)).when(plate).then(pl.concat_list(plates))

    @cached_property
    def _tokens(self) -> tuple[pl.Series, pl.Series]:
        token = current(self.settings).of_text
        persons, plates = (
            pl.Series([token(text) for text in texts], dtype=pl.String) for texts in self.scribe.asked_after
        )
        return persons, plates
