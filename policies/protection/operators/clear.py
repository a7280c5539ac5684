"""Nothing is hidden."""

from policies.protection.operators.base import Operator, Use


def clear(value: str, use: Use) -> str:
    """Return the value itself."""
    return value


CLEAR = Operator("clear", clear, joins=True, opens=True)
