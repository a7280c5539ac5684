"""Playbooks shipped with the product, and the policy that starts them."""

from pathlib import Path

FOLDER = Path(__file__).parent


def shipped() -> list[Path]:
    """Return the shipped documents."""
    return sorted(FOLDER.glob("*.json"))
