"""Organisations and who sees what of whom."""

from soc.tiers import guard, rowlevel  # noqa: F401 - they listen from their import on
from soc.tiers.models import Organisation, Scoped, Share, Tier
from soc.tiers.scope import find_within, scope_codes, visible, within

__all__ = ["Organisation", "Scoped", "Share", "Tier", "find_within", "scope_codes", "visible", "within"]
