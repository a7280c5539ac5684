"""To whom an event is charged: the account it names, or the person an application is known to have asked for.

From the installation's threshold of confidence on, the web user who asked stands in the account's place here, and
only here: the event as it is kept names both. What is below, or disputed, or said by nobody, stays the application's,
which is an account and no person.
"""

from collections.abc import Mapping

import polars as pl

from detectors.behaviour.facts import EntityKey

#: columns of an event that say who asked
ASKED = ("guanlan.asked_by", "guanlan.asked_by_basis", "guanlan.asked_by_confidence")
#: "account/basis" of what an application did for whom it is charged to
THROUGH = "through"


def charged(frame: pl.DataFrame, accounts: Mapping[str, EntityKey], threshold: int) -> pl.DataFrame:
    """Name in each event whom it is charged to; ``through`` says by which application's account, and how that is known.

    The address of such an event is the application's own and says nothing of the person: it is left out.
    """
    if frame["guanlan.asked_by"].null_count() == frame.height:
        return frame.with_columns(pl.lit(None, pl.String).alias(THROUGH))
    persons = {name: key.name for name, key in accounts.items() if key.kind == "person"}
    known = [name for name, key in accounts.items() if not key.service]
    asked = pl.col("guanlan.asked_by")
    sure = (asked.is_in(known) & (pl.col("guanlan.asked_by_confidence") >= threshold)).fill_null(value=False)
    return frame.with_columns(
        pl.when(sure).then(asked).otherwise("actor.user.name").alias("actor.user.name"),
        pl.when(sure).then(_of(asked, persons)).otherwise("guanlan.person").alias("guanlan.person"),
        pl.when(sure)
        .then(_of(asked, {name: key.post for name, key in accounts.items()}))
        .otherwise("guanlan.post")
        .alias("guanlan.post"),
        pl.when(~sure).then("src_endpoint.ip").alias("src_endpoint.ip"),
        pl.when(sure).then(pl.format("{}/{}", "actor.user.name", "guanlan.asked_by_basis")).alias(THROUGH),
    )


def _of(asked: pl.Expr, known: Mapping[str, str]) -> pl.Expr:
    return asked.replace_strict(list(known), list(known.values()), default=None, return_dtype=pl.String)
