"""The flags of the grading in words."""

from soc.text import known, t


def reason_words(flag: str) -> str:
    """Say why a table may be important or core data."""
    kind, _, rule = flag.partition(":")
    if rule:
        return t("reviews.reason.rule", rule=rule)
    key = f"reviews.reason.{kind.partition('.')[2]}"
    return t(key) if known(key) else flag
