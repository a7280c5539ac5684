"""Values are hashed under a key in one form; the hash is SipHash-2-4, and no value is in what is kept."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import Settings
from detectors.discovery.profile import Profile
from detectors.discovery.scan import Orders, scan
from detectors.discovery.sketches import VALUES, key_id, key_of, normal, siphash, sketch
from soc.ledger.sketch import Sketch

KEY = bytes(range(16))
#: of the reference implementation: the digests of 00, 00 01, … under the key 00 … 0f, little-endian
VECTORS = {
    0: "310e0edd47db6f72", 1: "fd67dc93c539f874", 7: "37d1018bf50002ab", 8: "6224939a79f5f593",
    15: "e545be4961ca29a1", 16: "db9bc2577fcc2a3f", 31: "42c341d8fa92d832", 63: "724506eb4c328a95",
}  # fmt: skip


def plain_siphash(data: bytes, key: bytes) -> int:
    """SipHash-2-4 as in its paper, value by value."""
    mask = 2**64 - 1
    k0, k1 = (int.from_bytes(key[at : at + 8], "little") for at in (0, 8))
    v = [k0 ^ 0x736F6D6570736575, k1 ^ 0x646F72616E646F6D, k0 ^ 0x6C7967656E657261, k1 ^ 0x7465646279746573]

    def turned(x: int, by: int) -> int:
        return (x << by | x >> (64 - by)) & mask

    def mix() -> None:
        v[0] = (v[0] + v[1]) & mask
        v[1] = turned(v[1], 13) ^ v[0]
        v[0] = turned(v[0], 32)
        v[2] = (v[2] + v[3]) & mask
        v[3] = turned(v[3], 16) ^ v[2]
        v[0] = (v[0] + v[3]) & mask
        v[3] = turned(v[3], 21) ^ v[0]
        v[2] = (v[2] + v[1]) & mask
        v[1] = turned(v[1], 17) ^ v[2]
        v[2] = turned(v[2], 32)

    padded = data + bytes(7 - len(data) % 8) + bytes([len(data) & 0xFF])
    for at in range(0, len(padded), 8):
        word = int.from_bytes(padded[at : at + 8], "little")
        v[3] ^= word
        mix()
        mix()
        v[0] ^= word
    v[2] ^= 0xFF
    for _ in range(4):
        mix()
    return v[0] ^ v[1] ^ v[2] ^ v[3]


@pytest.mark.parametrize(("length", "digest"), VECTORS.items())
def test_the_hash_gives_the_digests_of_its_reference(length: int, digest: str) -> None:
    value = bytes(range(length)).decode("ascii")
    assert int(siphash(pl.Series([value]), KEY)[0]).to_bytes(8, "little").hex() == digest


@given(st.lists(st.text(max_size=40), max_size=30), st.binary(min_size=16, max_size=16))
def test_all_values_at_once_are_each_value_by_itself(values: list[str], key: bytes) -> None:
    kept = [
        value for value in values if value.encode("utf-8", "ignore").decode() == value and len(value.encode()) < 128
    ]
    found = siphash(pl.Series(kept, dtype=pl.String), key)
    assert [int(one) for one in found] == [plain_siphash(value.encode(), key) for value in kept]


def test_a_key_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        siphash(pl.Series(["a"]), b"short")


def test_another_key_gives_another_sketch() -> None:
    values = pl.Series([f"1380013{n:04}" for n in range(1_000)])
    one, other = sketch(values, KEY), sketch(values, KEY[::-1])
    assert one.similarity(other) < 0.05
    assert one.similarity(sketch(values, KEY)) == 1.0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("138-0013-8000", "13800138000"),
        (" 44010619900307123x ", "44010619900307123X"),
        ("粤A 12345", "粤Ａ12345"),
        ("2020–01–01", "20200101"),
        ("¸", "\u0327"),
        ("㏂", "A.M."),
    ],
)
def test_one_value_in_two_writings_is_one(one: str, other: str) -> None:
    assert normal(pl.Series([one])).to_list() == normal(pl.Series([other])).to_list()


_SIGNS = st.sampled_from([*"ab1 A-‐―\t张三号９Ａｂ（）　①㎡ﬁǅⅷªéß㐀豈Ω\u0345\u200b\u0301"])


@given(st.lists(st.text(_SIGNS, max_size=8) | st.text(max_size=6), max_size=12))
def test_the_form_of_a_value_is_the_same_whatever_stands_beside_it(values: list[str]) -> None:
    """Steps are left out where no value of a column needs them; one that needs them all changes no other."""
    alone = {one for value in values for one in normal(pl.Series([value], dtype=pl.String))}
    assert set(normal(pl.Series(values, dtype=pl.String))) == alone
    assert set(normal(pl.Series([*values, "ａ é-x"], dtype=pl.String))) == alone | {"AÉX"}


def test_blanks_and_nulls_count_for_nothing() -> None:
    assert sketch(pl.Series([None, "", "  ", "-"], dtype=pl.String), KEY).count() == 0


def test_values_that_are_no_text_are_sketched_as_their_text() -> None:
    assert sketch(pl.Series([1, 2, 3]), KEY).pack() == sketch(pl.Series(["1", "2", "3"]), KEY).pack()


def test_a_slice_of_a_column_is_sketched_by_its_own_values() -> None:
    values = pl.Series([f"v{n}" for n in range(100)])
    assert siphash(values[40:60], KEY).tolist() == siphash(values, KEY)[40:60].tolist()


@given(st.lists(st.sampled_from([f"p{n}" for n in range(50)]), min_size=1, max_size=60), st.integers(0, 60))
def test_a_profile_in_two_batches_has_the_sketch_of_the_whole(values: list[str], cut: int) -> None:
    frame = pl.DataFrame({"a": values})
    cut = min(cut, len(values))
    halves = Profile.of(frame.head(cut), key=KEY).merge(Profile.of(frame.slice(cut), key=KEY))
    whole = Profile.of(frame, key=KEY)
    assert halves.columns["a"].sketches[VALUES].pack() == whole.columns["a"].sketches[VALUES].pack()


def test_without_a_key_nothing_is_sketched() -> None:
    assert Profile.of(pl.DataFrame({"a": ["x"]})).columns["a"].sketches == {}


def test_a_scan_sketches_sensitive_columns_and_prints_none(tmp_path: Path) -> None:
    rows = "\n".join(f"138{n:08d},{n % 3}" for n in range(500))
    (tmp_path / "people.csv").write_text("mobile,kind\n" + rows + "\n", encoding="utf-8")
    result = scan([str(tmp_path / "people.csv")], Orders(sketch_key=KEY))
    columns = {one.name: one for one in result.tables[0].columns}
    assert columns["mobile"].type == "mobile"
    assert columns["mobile"].sketch
    assert columns["kind"].sketch == ""
    assert "sketch" not in columns["mobile"].as_dict()
    import base64

    kept = Sketch.unpack(base64.b64decode(columns["mobile"].sketch))
    assert kept.similarity(sketch(pl.Series([f"138{n:08d}" for n in range(500)]), KEY)) == 1.0


def test_the_key_is_the_installation_s_and_stays(settings: Settings) -> None:
    assert key_of(settings) == key_of(settings)
    assert len(key_of(settings)) == 16
    assert key_id(settings)


def test_a_sketch_holds_no_value() -> None:
    values = pl.Series([f"44010619900307{n:04d}" for n in range(2_000)])
    made = sketch(values, KEY)
    raw = made.registers.tobytes() + made.bins.tobytes()
    assert not any(value.encode() in raw for value in values)
    assert np.unique(made.bins).size > 200
