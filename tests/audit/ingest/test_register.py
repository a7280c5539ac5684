"""Batches are taken in once, whoever sends them how often."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from audit.ingest.models import IngestBatch, QuarantinedRecords
from audit.ingest.receipts import Receipt
from audit.ingest.register import KeyReusedError
from soc.errors import InputError, UnavailableError
from soc.trail.models import TrailEntry
from tests.audit.ingest.at_work import Installation, nginx


def test_a_batch_is_counted_and_its_bad_lines_are_put_aside(at_work: Installation) -> None:
    assert at_work.send(nginx("/a", "/b") + b"half a li\n") == Receipt(accepted=2, quarantined=1)
    with at_work.database.read() as session:
        entry = session.scalars(select(QuarantinedRecords)).one()
    assert (entry.reason, entry.lines, entry.count) == ("ingest.bad.nginx", [[2, 2]], 1)


def test_the_same_batch_again_is_a_duplicate(at_work: Installation) -> None:
    at_work.send(nginx("/a", "/b"))
    assert at_work.send(nginx("/a", "/b")) == Receipt(duplicates=2)


def test_twins_sent_at_once_are_taken_in_once(at_work: Installation) -> None:
    body = nginx(*(f"/{number}" for number in range(50)))
    with ThreadPoolExecutor(8) as pool:
        receipts = list(pool.map(lambda _: at_work.send(body, key="k"), range(8)))
    assert sorted(receipt.accepted for receipt in receipts) == [0] * 7 + [50]
    assert sum(receipt.duplicates for receipt in receipts) == 7 * 50


def test_the_same_key_with_another_body_is_a_conflict(at_work: Installation) -> None:
    at_work.send(nginx("/a"), key="k")
    with pytest.raises(KeyReusedError):
        at_work.send(nginx("/b"), key="k")


def test_no_organisation_swallows_anothers_batch(at_work: Installation) -> None:
    at_work.send(nginx("/a"), org="440100", key="k")
    assert at_work.send(nginx("/a"), org="440300", key="k") == Receipt(accepted=1)


def test_equal_lines_are_separate_events(at_work: Installation) -> None:
    at_work.send(nginx("/a", "/a"), key="1")
    at_work.send(nginx("/a", "/a"), key="2")
    at_work.work()
    assert len({row["metadata.uid"] for row in at_work.stored()}) == 4


@pytest.mark.parametrize("key", ["", "x" * 201, "a\nb"])
def test_a_key_that_is_none_is_refused(at_work: Installation, key: str) -> None:
    with pytest.raises(InputError):
        at_work.send(nginx("/a"), key=key)


def test_taking_in_leaves_an_entry_in_the_trail(at_work: Installation) -> None:
    at_work.send(nginx("/a"))
    with at_work.database.read() as session:
        batch = session.scalars(select(IngestBatch)).one()
        acts = session.scalars(select(TrailEntry.act).where(TrailEntry.subject_id == str(batch.id))).all()
    assert acts == ["batch.stored"]


def test_what_the_register_refuses_was_not_taken_in(at_work: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise UnavailableError("errors.disk_full")

    with monkeypatch.context() as patched:
        patched.setattr("audit.ingest.register._register", refuse)
        with pytest.raises(UnavailableError):
            at_work.send(nginx("/a"), key="k")
    at_work.work()
    assert at_work.stored() == []
    assert at_work.send(nginx("/a"), key="k") == Receipt(accepted=1)
