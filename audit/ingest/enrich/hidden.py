"""The last step: nothing sensitive leaves for the store in clear. The sealed original keeps it."""

from collections.abc import Sequence

import polars as pl

from audit.ingest.frame import is_document
from soc.ledger.own_types import OwnDefinition
from soc.masking.literals import strings_masked
from soc.masking.own import own_masked
from soc.masking.quick import masked

#: texts of a record that may hold anything
_FREE = (
    "raw_data", "message", "query_info.query_string", "http_request.url.path", "http_request.url.query_string",
    "http_request.referrer", "file.path",
)  # fmt: skip
#: extras whose text may hold anything
_FREE_EXTRAS = ("+http.request", "+postgresql.detail", "+ocsf", "+pgaudit.object_name")
_STATEMENTS = ("+pgaudit.statement", "+mysql.query")
_SAID_NOTHING = ("<not logged>", "<none>", "")
_AUDIT_HEAD = r"(?s)^(.*?AUDIT:\s+[A-Z]+,[0-9]+,[0-9]+,[A-Z_]+,[^,]*,[^,]*,)"
#: DETAIL of a constraint: Key (phone)=(…) already exists
_KEY_VALUES = r"\)=\([^\n]*\)"
#: DETAIL of an executed statement: parameters: $1 = '…', $2 = NULL
_BOUND = r"(\$[0-9]+ = )'(?:[^']|'')*(?:'|\z)"


def masked_columns(frame: pl.DataFrame, among: pl.Series, own: Sequence[OwnDefinition] = ()) -> pl.DataFrame:
    """Mask statements, parameters, messages, addresses of pages and the record itself; ``own`` after the shipped.

    All of them are parts of the record as it came, which was searched once: ``among`` says which have anything
    (:func:`audit.ingest.enrich.subjects.suspicious`).
    """
    frame = frame.with_columns(_message().alias("message"))
    frame = frame.with_columns(_statements(frame))
    documents = [name for name in frame.columns if is_document(name)]
    free = [name for name in dict.fromkeys((*_FREE, *_FREE_EXTRAS, *documents)) if name in frame.columns]
    filled = [name for name in free if frame[name].null_count() < frame.height]
    if among.any():
        frame = frame.with_columns(masked(frame[name], among) for name in filled)
    return frame.with_columns(own_masked(frame[name], own) for name in filled) if own else frame


def _message() -> pl.Expr:
    """One line for people: what was done, to what, with what end."""
    statement = pl.col("query_info.query_string").str.replace_all(r"\s+", " ").str.slice(0, 300)
    page = pl.format(
        "{} {} {}", pl.col("http_request.http_method"), pl.col("http_request.url.path"), pl.col("http_response.code")
    )
    return pl.coalesce(pl.when(pl.col("query_info.query_string").is_null()).then(pl.col("message")), statement, page)


def _statements(frame: pl.DataFrame) -> list[pl.Expr]:
    query = pl.col("query_info.query_string")
    if frame["query_info.query_string"].null_count() == frame.height and "+postgresql.detail" not in frame.columns:
        return []
    raw = pl.when(query.is_not_null()).then(strings_masked(pl.col("raw_data"))).otherwise(pl.col("raw_data"))
    raw = _without_values(raw)
    if "+pgaudit.parameter" in frame.columns:
        # parameters stand in the record unmarked: what is behind the object's name is written anew
        bound = ~pl.col("+pgaudit.parameter").is_in(_SAID_NOTHING)
        raw = pl.when(bound).then(pl.col("raw_data").str.extract(_AUDIT_HEAD) + query + ",?").otherwise(raw)
    changed = [raw.alias("raw_data")]
    changed += [
        pl.when(pl.col(name).is_not_null()).then(query).alias(name) for name in _STATEMENTS if name in frame.columns
    ]
    if "+pgaudit.parameter" in frame.columns:
        parameter = pl.col("+pgaudit.parameter")
        changed.append(
            pl.when(parameter.is_in(_SAID_NOTHING))
            .then(parameter)
            .when(parameter.is_not_null())
            .then(pl.lit("?"))
            .alias("+pgaudit.parameter")
        )
    if "+postgresql.detail" in frame.columns:
        changed.append(_without_values(pl.col("+postgresql.detail")))
    return [*changed, _without_values(pl.col("message"))]


def _without_values(text: pl.Expr) -> pl.Expr:
    """Take the values out of what PostgreSQL's DETAIL says of keys and of bound parameters."""
    return text.str.replace_all(_KEY_VALUES, ")=(?)").str.replace_all(_BOUND, "${1}'?'")
