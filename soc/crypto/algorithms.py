"""Every algorithm this installation uses, and what is to be said of it.

``soc check`` prints a line for each that is weak or is no Chinese commercial cipher (国密).
"""

from dataclasses import dataclass
from enum import StrEnum


class Standing(StrEnum):
    """How an algorithm is judged."""

    NATIONAL = "national"
    FOREIGN = "foreign"
    WEAK = "weak"


@dataclass(frozen=True, slots=True)
class Use:
    """One algorithm where it is used; ``why`` is a message id."""

    algorithm: str
    place: str
    standing: Standing
    why: str


USES = (
    Use("SM3", "trail", Standing.NATIONAL, "crypto.use.trail_digest"),
    Use("HMAC-SM3", "trail", Standing.NATIONAL, "crypto.use.trail_seal"),
    Use("SHA-256", "trail", Standing.FOREIGN, "crypto.use.trail_tree"),
    Use("Ed25519", "trail", Standing.FOREIGN, "crypto.use.trail_signature"),
    Use("Ed25519", "playbooks", Standing.FOREIGN, "crypto.use.playbook_signature"),
    Use("HMAC-SM3", "protection", Standing.NATIONAL, "crypto.use.tokens"),
    Use("SM4-GCM", "protection", Standing.NATIONAL, "crypto.use.columns"),
    Use("AES-256-GCM", "protection", Standing.FOREIGN, "crypto.use.columns"),
    Use("AES-256-GCM", "keys", Standing.FOREIGN, "crypto.use.keys"),
    Use("SipHash-2-4", "ledger", Standing.FOREIGN, "crypto.use.sketches"),
    Use("Argon2id", "identity", Standing.FOREIGN, "crypto.use.passwords"),
    # TOTP is HMAC-SHA-1 by RFC 6238; phones know nothing else
    Use("HMAC-SHA-1", "identity", Standing.WEAK, "crypto.use.totp"),
)


def in_use(standing: Standing | None = None) -> tuple[Use, ...]:
    """Return the algorithms in use, all or those of one standing."""
    return tuple(use for use in USES if standing in (None, use.standing))
