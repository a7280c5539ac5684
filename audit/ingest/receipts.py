"""What a sender is told about a batch."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Receipt:
    """Records taken in, known already, and kept out with their reason."""

    accepted: int = 0
    duplicates: int = 0
    quarantined: int = 0

    def __add__(self, other: "Receipt") -> "Receipt":
        """Sum two receipts."""
        return Receipt(
            self.accepted + other.accepted, self.duplicates + other.duplicates, self.quarantined + other.quarantined
        )

    def as_json(self) -> dict[str, int]:
        """Return the answer's document."""
        return {"accepted": self.accepted, "duplicates": self.duplicates, "quarantined": self.quarantined}
