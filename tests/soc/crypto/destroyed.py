"""Keys that somebody took out of the ring: crypto-erasure, as a hand in the keys folder does it."""

import json

from soc.crypto import KeyRing
from soc.crypto.keyring import LIST


def destroy_keys(ring: KeyRing, purpose: str) -> None:
    """Remove every key of a purpose from the list, as if it had never been."""
    path = ring.folder / LIST
    document = json.loads(path.read_bytes())
    document["keys"] = [key for key in document["keys"] if key["purpose"] != purpose]
    aside = path.with_name("without")
    aside.write_text(json.dumps(document))
    aside.replace(path)
