"""Playbooks shipped with the product, and the policy that starts them."""

from pathlib import Path

#: the day of the newest shipped text: an installation from before takes it in at its next start
EDITION = "2026-11-26"
FOLDER = Path(__file__).parent


def shipped() -> list[Path]:
    """Return the shipped documents."""
    return sorted(FOLDER.glob("*.json"))
