"""Verify an evidence pack of Guanlan's trail: ``python3 verify.py`` in the unpacked folder.

It uses nothing but Python's standard library: read it before you trust it. It checks the
signature of the checkpoint, the cosignatures, each entry's proof of inclusion, and that details
given beside an entry are those the entry was sealed with.

Sources: RFC 8032 (Ed25519), RFC 9162 §2.1.3.2 (inclusion), C2SP signed-note, GB/T 32905 (SM3).
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    Point = tuple[int, int, int, int]

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def add(one: Point, other: Point) -> Point:
    """Add two points in extended coordinates (RFC 8032 §5.1.4)."""
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c, d = 2 * one[3] * other[3] * D % P, 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(factor: int, point: Point) -> Point:
    """Multiply a point."""
    total = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            total = add(total, point)
        point, factor = add(point, point), factor >> 1
    return total


def recover_x(y: int, sign: int) -> int | None:
    """Find the x of a point; None where there is none (RFC 8032 §5.1.3)."""
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if square == 0:
        return None if sign else 0
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P:
        return None
    return P - x if (x & 1) != sign else x


def point_of(data: bytes) -> Point | None:
    """Read a compressed point; None where it is none."""
    if len(data) != 32:
        return None
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    x = recover_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = recover_x(BASE_Y, 0) or 0
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether the signature is the key's (RFC 8032 §5.1.7)."""
    key, commitment = point_of(public), point_of(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or key is None or commitment is None or scalar >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    left = times(scalar, BASE)
    right = add(commitment, times(int.from_bytes(digest, "little") % ORDER, key))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


def rotate(word: int, count: int) -> int:
    """Rotate 32 bits leftwards."""
    count %= 32
    return (word << count | word >> 32 - count) & 0xFFFFFFFF


def sm3(data: bytes) -> bytes:
    """Return the SM3 digest."""
    state = [0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E]
    padded = data + b"\x80" + b"\0" * ((55 - len(data)) % 64) + (8 * len(data)).to_bytes(8, "big")
    for start in range(0, len(padded), 64):
        state = compressed(state, padded[start : start + 64])
    return b"".join(word.to_bytes(4, "big") for word in state)


def compressed(state: list[int], block: bytes) -> list[int]:
    """Work one block into the state of SM3."""
    words = [int.from_bytes(block[at : at + 4], "big") for at in range(0, 64, 4)]
    for at in range(16, 68):
        mixed = words[at - 16] ^ words[at - 9] ^ rotate(words[at - 3], 15)
        mixed ^= rotate(mixed, 15) ^ rotate(mixed, 23)
        words.append(mixed ^ rotate(words[at - 13], 7) ^ words[at - 6])
    a, b, c, d, e, f, g, h = state
    for at in range(64):
        early = at < 16
        turned = rotate(a, 12)
        first = rotate((turned + e + rotate(0x79CC4519 if early else 0x7A879D8A, at)) & 0xFFFFFFFF, 7)
        second = first ^ turned
        majority = a ^ b ^ c if early else a & b | a & c | b & c
        choice = e ^ f ^ g if early else e & f | ~e & 0xFFFFFFFF & g
        one = (majority + d + second + (words[at] ^ words[at + 4])) & 0xFFFFFFFF
        two = (choice + h + first + words[at]) & 0xFFFFFFFF
        a, b, c, d = one, a, rotate(b, 9), c
        e, f, g, h = two ^ rotate(two, 9) ^ rotate(two, 17), e, rotate(f, 19), g
    return [old ^ new for old, new in zip(state, (a, b, c, d, e, f, g, h))]  # noqa: B905 - Python 3.9


def node(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node of the log."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def included(leaf: bytes, index: int, size: int, proof: list[bytes], root: bytes) -> bool:
    """Tell whether the proof leads from the leaf to the root."""
    if not 0 <= index < size:
        return False
    here, last, found = index, size - 1, hashlib.sha256(b"\x00" + leaf).digest()
    for one in proof:
        if last == 0:
            return False
        if here & 1 or here == last:
            found = node(one, found)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            found = node(found, one)
        here, last = here >> 1, last >> 1
    return last == 0 and found == root


def key_of(text: str) -> tuple[str, bytes, int, bytes]:
    """Read a verifier key: its name, its four bytes, its kind, the key."""
    name, key_id, encoded = text.split("+", 2)
    raw = base64.b64decode(encoded)
    told = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
    if told.hex() != key_id:
        raise ValueError(f"the key {name} does not fit its id")
    return name, told, raw[0], raw[1:]


def note_signed(note: str, key: tuple[str, bytes, int, bytes]) -> bool:
    """Tell whether one line of the note is the key's, as a log or as a witness."""
    text, _, lines = note.rpartition("\n\n")
    text += "\n"
    name, key_id, kind, public = key
    for line in lines.splitlines():
        blob = base64.b64decode(line.rsplit(" ", 1)[1])
        if line.split(" ")[1] != name or blob[:4] != key_id:
            continue
        if kind == 1 and signed(public, text.encode(), blob[4:]):
            return True
        if kind == 4 and len(blob) == 76:
            when = int.from_bytes(blob[4:12], "big")
            if signed(public, f"cosignature/v1\ntime {when}\n{text}".encode(), blob[12:]):
                return True
    return False


def faults(folder: Path) -> Iterator[str]:
    """Yield everything in the pack that does not hold."""
    note = (folder / "checkpoint").read_text(encoding="utf-8")
    keys = json.loads((folder / "keys.json").read_text(encoding="utf-8"))
    lines = note.split("\n")
    size, root = int(lines[1]), base64.b64decode(lines[2])
    if not any(note_signed(note, key_of(text)) for text in keys["log"]):
        yield "the checkpoint is not signed by the log's key"
    for one in keys["cosigned"]:
        if not note_signed(one["note"], key_of(one["vkey"])):
            yield f"the cosignature of {one['vkey'].split('+')[0]} does not hold"
    with (folder / "entries.jsonl").open(encoding="utf-8") as entries:
        for line in entries:
            yield from entry_faults(json.loads(line), size, root)


def entry_faults(entry: dict[str, Any], size: int, root: bytes) -> Iterator[str]:
    """Yield what does not hold of one entry."""
    proof = [base64.b64decode(one) for one in entry["proof"]]
    if not included(entry["leaf"].encode(), entry["index"], size, proof, root):
        yield f"entry {entry['index']} is not in the log"
    if "details" in entry and sm3(entry["details"].encode()).hex() != json.loads(entry["leaf"])["private_digest"]:
        yield f"the details of entry {entry['index']} are not those it was sealed with"


def main() -> int:
    """Verify the pack this script lies in."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else __file__).resolve()
    folder = folder if folder.is_dir() else folder.parent
    found = list(faults(folder))
    keys = json.loads((folder / "keys.json").read_text(encoding="utf-8"))
    for text in keys["log"]:
        sys.stdout.write(f"log key {text}\n")
    for fault in found:
        sys.stdout.write(f"FAULT {fault}\n")
    sys.stdout.write("NOT OK\n" if found else "OK\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
