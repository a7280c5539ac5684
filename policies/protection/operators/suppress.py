"""Nothing is shown."""

from policies.protection.operators.base import Operator, Use


def suppress(value: str, use: Use) -> None:
    """Return nothing at all."""
    return


SUPPRESS = Operator("suppress", suppress)
