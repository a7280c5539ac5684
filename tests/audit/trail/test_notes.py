from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.trail.notes import COSIGNATURE, Checkpoint, Note, NoteError, Verifier, cosign, sign
from soc.crypto.keyring import KeyRing
from soc.crypto.signing import SigningKey, signing_key

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def key(tmp_path: Path) -> SigningKey:
    return signing_key(KeyRing(tmp_path), "trail.signing")


def test_a_key_text_reads_back(key: SigningKey) -> None:
    verifier = Verifier("guanlan/440000/ab", key.public)
    assert Verifier.parse(verifier.text) == verifier


def test_a_published_verifier_key_has_the_id_we_compute() -> None:
    # golang.org/x/mod/sumdb/note: the example's key
    text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    assert Verifier.parse(text).text == text


def test_a_published_note_is_verified() -> None:
    # golang.org/x/mod/sumdb/note: the example's note
    data = (
        "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    )
    verifier = Verifier.parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    assert Note.parse(data).signed_by(verifier)


def test_a_checkpoint_reads_back(key: SigningKey) -> None:
    checkpoint = Checkpoint("guanlan/440000/ab", 12, b"r" * 32, b"s" * 32)
    note = Note.parse(str(sign(checkpoint, key)))
    assert Checkpoint.parse(note.text) == checkpoint
    assert note.signed_by(Verifier(checkpoint.origin, key.public))


def test_a_changed_size_breaks_the_signature(key: SigningKey) -> None:
    note = str(sign(Checkpoint("o", 12, b"r" * 32), key)).replace("\n12\n", "\n11\n")
    assert not Note.parse(note).signed_by(Verifier("o", key.public))


def test_a_cosignature_says_when(key: SigningKey) -> None:
    note = cosign(sign(Checkpoint("o", 12, b"r" * 32), key), "witness", key, at=NOON)
    assert Note.parse(str(note)).cosigned_by(Verifier("witness", key.public, COSIGNATURE)) == NOON


def test_a_cosignature_is_no_signature_of_the_log(key: SigningKey) -> None:
    note = cosign(Note("o\n12\n\n", ()), "o", key, at=NOON)
    assert not note.signed_by(Verifier("o", key.public))


def test_an_antedated_cosignature_is_refused(key: SigningKey) -> None:
    note = cosign(sign(Checkpoint("o", 12, b"r" * 32), key), "witness", key, at=NOON)
    last = note.signatures[-1]
    earlier = (int(NOON.timestamp()) - 60).to_bytes(8, "big") + last.blob[8:]
    forged = Note(note.text, (note.signatures[0], type(last)(last.name, last.key_id, earlier)))
    assert forged.cosigned_by(Verifier("witness", key.public, COSIGNATURE)) is None


@given(rubbish=st.text(max_size=60))
def test_rubbish_is_no_note_and_no_checkpoint(rubbish: str) -> None:
    for parse in (Note.parse, Verifier.parse):
        with pytest.raises(NoteError):
            parse(rubbish)


@pytest.mark.parametrize(
    "text", ["", "o\n", "o\n-1\nAA==\n", "o\n01\nAA==\n", "o\n1\n??\n", "\n1\nAA==\n", "o\n1\nAA=="]
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        Checkpoint.parse(text)
