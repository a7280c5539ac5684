"""The person and the post behind an account."""

import polars as pl


def with_people(frame: pl.DataFrame, accounts: pl.DataFrame) -> pl.DataFrame:
    """Add person and post by account name; ``accounts`` has each name once."""
    if accounts.is_empty():
        return frame
    names = accounts.select(
        pl.col("name").alias("actor.user.name"),
        pl.col("person").alias("known_person"),
        pl.col("post").alias("known_post"),
    )
    joined = frame.join(names, on="actor.user.name", how="left", maintain_order="left")
    return joined.with_columns(
        pl.coalesce("guanlan.person", "known_person").alias("guanlan.person"),
        pl.coalesce("guanlan.post", "known_post").alias("guanlan.post"),
    ).drop("known_person", "known_post")
