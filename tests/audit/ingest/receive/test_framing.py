"""Messages on a connection, by their length or their line's end, however the reads cut them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.ingest.receive.framing import Framer, FramingError
from config.listeners import Framing

LONGEST = 40
#: a syslog message begins with its priority; what a line may hold, a counted message may too, and line ends besides
LINES = st.binary(max_size=60).map(lambda text: b"<13>" + text.replace(b"\n", b" ").strip(b"\r\n\0"))
COUNTED = st.binary(max_size=60).map(lambda text: (b"<13>" + text).rstrip(b"\r\n\0"))


def counted(message: bytes) -> bytes:
    return b"%d %s" % (len(message), message)


def line(message: bytes) -> bytes:
    return message + b"\n"


FRAMES = st.lists(
    st.one_of(LINES.map(lambda one: (one, line(one))), COUNTED.map(lambda one: (one, counted(one)))), max_size=12
)


def read(stream: bytes, cuts: list[int], framing: Framing = Framing.AUTO) -> tuple[list[bytes], bytes | None, int]:
    """Return messages, the rest and the count of cut ones, of a stream that comes in pieces."""
    framer, found, begin = Framer(LONGEST, framing), [], 0
    for end in [*sorted(cuts), len(stream)]:
        found += framer.feed(stream[begin:end])
        begin = end
    return found, framer.end(), framer.cut


@given(FRAMES)
def test_counted_messages_and_lines_are_told_apart_on_one_connection(frames: list[tuple[bytes, bytes]]) -> None:
    found, rest, _ = read(b"".join(frame for _, frame in frames), [])
    assert found == [message[:LONGEST].strip(b"\r\n\0") for message, _ in frames]
    assert rest is None


@given(st.one_of(FRAMES.map(lambda frames: b"".join(frame for _, frame in frames)), st.binary(max_size=200)), st.data())
def test_any_cut_of_the_stream_gives_the_same_messages(stream: bytes, data: st.DataObject) -> None:
    cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=20))
    assert read(stream, cuts) == read(stream, [])


@given(FRAMES, st.data())
def test_a_stream_that_breaks_off_gives_what_was_whole(frames: list[tuple[bytes, bytes]], data: st.DataObject) -> None:
    stream = b"".join(frame for _, frame in frames)
    upto = data.draw(st.integers(0, len(stream)))
    whole, _, _ = read(stream, [])
    found, _, _ = read(stream[:upto], [])
    assert found == whole[: len(found)]


def test_no_more_than_one_message_is_held_of_an_endless_line() -> None:
    framer = Framer(LONGEST)
    found = [one for _ in range(1000) for one in framer.feed(b"x" * 100)]
    assert found == [b"x" * LONGEST]
    assert len(framer._held) <= LONGEST
    assert framer.feed(b"\n<13>next\n") == [b"<13>next"]
    assert framer.cut == 1


def test_the_rest_of_an_over_long_counted_message_is_let_go() -> None:
    framer = Framer(LONGEST)
    assert framer.feed(counted(b"<13>" + b"y" * 1000) + counted(b"<13>next")) == [b"<13>" + b"y" * 36, b"<13>next"]
    assert framer.cut == 1


def test_a_length_of_gigabytes_takes_no_more_memory_than_one_message() -> None:
    framer = Framer(LONGEST)
    for _ in range(100):
        framer.feed(b"999999999 " + b"z" * 5000)
    assert len(framer._held) <= LONGEST


@pytest.mark.parametrize("text", [b"10.0.0.1 - - [26/Nov]", b"2026-11-26 10:00:00 x", b"1234567890 ten digits", b"0 x"])
def test_a_line_that_begins_with_digits_and_is_no_length_is_a_line(text: bytes) -> None:
    assert Framer(100).feed(text + b"\n") == [text]


def test_lines_that_begin_like_a_length_are_read_where_the_port_takes_lines_alone() -> None:
    assert read(b"5 apples\n6 pears\n", [], Framing.LINES)[0] == [b"5 apples", b"6 pears"]


def test_a_port_of_counted_messages_ends_a_connection_that_does_not_count() -> None:
    with pytest.raises(FramingError):
        Framer(100, Framing.OCTETS).feed(b"<13>no length\n")


def test_a_counted_message_keeps_the_lines_within_it() -> None:
    assert Framer(100).feed(counted(b"<13>a\nb\n")) == [b"<13>a\nb"]


def test_half_a_message_is_what_is_left_at_the_end() -> None:
    assert read(b"<13>whole\n<13>ha", []) == ([b"<13>whole"], b"<13>ha", 0)
    assert read(b"100 <13>ha", [])[1] == b"<13>ha"
