from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.trail.merkle import SHA256, SM3, Hasher, LeafNodes, consistency_proof, inclusion_proof, root
from audit.trail.tiles import TileError, TileNodes, Tiles, bundles, tile_path


def grown(folder: Path, steps: list[int], hasher: Hasher = SHA256) -> Tiles:
    tiles, size = Tiles(folder, hasher), 0
    for step in steps:
        tiles.append(size, [b"%d" % number for number in range(size, size + step)])
        tiles.tidy(size, size + step)
        size += step
    return tiles


@pytest.mark.parametrize(
    ("level", "index", "width", "path"),
    [
        (0, 0, 256, "tile/0/000"),
        (0, 1234067, 256, "tile/0/x001/x234/067"),
        (1, 5, 17, "tile/1/005.p/17"),
        ("entries", 1000, 1, "tile/entries/x001/000.p/1"),
    ],
)
def test_tiles_lie_where_the_specification_says(level: int | str, index: int, width: int, path: str) -> None:
    assert tile_path(level, index, width) == path


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.integers(1, 400), min_size=1, max_size=5), hasher=st.sampled_from([SHA256, SM3]))
def test_tiles_hold_the_same_tree_however_it_grew(
    tmp_path_factory: pytest.TempPathFactory, steps: list[int], hasher: Hasher
) -> None:
    tiles, size = grown(tmp_path_factory.mktemp("log"), steps, hasher), sum(steps)
    memory = LeafNodes([hasher.leaf(b"%d" % number) for number in range(size)], hasher)
    stored = TileNodes(tiles, size)
    assert root(stored, size, hasher) == root(memory, size, hasher)
    middle = size // 2
    assert inclusion_proof(stored, middle, size, hasher) == inclusion_proof(memory, middle, size, hasher)
    assert consistency_proof(stored, middle, size, hasher) == consistency_proof(memory, middle, size, hasher)


def test_a_tile_of_the_second_level_appears_with_the_first_full_tile(tmp_path: Path) -> None:
    grown(tmp_path, [256])
    assert (tmp_path / "tile/1/000.p/1").stat().st_size == 32


def test_entries_come_back_in_order(tmp_path: Path) -> None:
    tiles = grown(tmp_path, [300, 5])
    assert list(tiles.all_leaves(305)) == [b"%d" % number for number in range(305)]


def test_an_unfinished_tile_gives_way_to_its_successor(tmp_path: Path) -> None:
    grown(tmp_path, [5, 5, 300])
    assert sorted(path.name for path in (tmp_path / "tile/0").iterdir()) == ["000", "001.p"]


def test_a_reader_of_an_older_size_still_finds_its_hashes(tmp_path: Path) -> None:
    tiles = grown(tmp_path, [5, 5])
    assert len(tiles.hashes(0, 0, 5)) == 5


@pytest.mark.parametrize("damage", [b"", b"x" * 31, b"x" * 64])
def test_a_cut_tile_is_said_to_be_cut(tmp_path: Path, damage: bytes) -> None:
    tiles = grown(tmp_path, [5])
    (tmp_path / "tile/0/000.p/5").write_bytes(damage)
    with pytest.raises(TileError):
        tiles.hashes(0, 0, 5)


def test_a_missing_tile_is_named(tmp_path: Path) -> None:
    with pytest.raises(TileError, match="tile/0/000"):
        Tiles(tmp_path).hashes(0, 0, 256)


def test_bundles_cover_a_log_without_a_rest() -> None:
    assert list(bundles(600)) == [(0, 256), (1, 256), (2, 88)]
    assert list(bundles(0)) == []
