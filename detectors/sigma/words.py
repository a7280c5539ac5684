"""What pages of rules call things by."""

from detectors.sigma.models import DetectionRule

#: levels of Sigma, the gravest first, as the product's words for severity have them
SEVERITIES = {"critical": "critical", "high": "high", "medium": "medium", "low": "low", "informational": "info"}


def source_of(rule: DetectionRule) -> str:
    """Return which logs a rule speaks of, as it says it; empty for a correlation."""
    told = rule.document.get("logsource") or {}
    return " · ".join(str(told[name]) for name in ("product", "category", "service") if told.get(name))
