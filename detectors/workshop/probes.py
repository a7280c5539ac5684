"""How much a pattern takes: commonplace values of every kind, none of them anybody's, and how many of them it matches."""

from collections.abc import Mapping

from soc.ledger.own_matching import bare, compiled

#: values that stand in any table, by kind; a pattern that takes several kinds of them says nothing
PROBES: Mapping[str, tuple[str, ...]] = {
    "number": ("1", "7", "42", "318", "2026", "10086", "600519", "3141592", "27182818"),
    "amount": ("0.50", "128.00", "99999.99", "-3.2"),
    "time": ("2026-01-31", "20260131", "2026/01/31 08:00:00", "08:15", "1764123456"),
    "word": ("a", "ok", "true", "open", "N", "admin", "Guangzhou", "unknown"),
    "code": ("A01", "X-200", "v1.2.3", "6f1e9c02", "SN20260001"),
    "han": ("是", "有效", "广州市", "已完成", "交通运输局"),
    "text": ("见附件", "the road is closed", "备注：2026年1月检修", "a=1;b=2"),
    "other": ("user@example.test", "10.0.0.1", "https://example.test/a", "113.26,23.13"),
}
#: kinds of values that one pattern may take before it says nothing
MOST_KINDS = 3


def kinds_taken(pattern: str) -> frozenset[str]:
    """The kinds of commonplace values of which a pattern takes one, as a whole."""
    whole = compiled(f"(?:{bare(pattern)})")
    return frozenset(
        kind for kind, values in PROBES.items() if any(whole.fullmatch(value) is not None for value in values)
    )


def takes_empty(pattern: str) -> bool:
    """Whether a pattern takes the empty value."""
    return compiled(f"(?:{bare(pattern)})").fullmatch("") is not None
