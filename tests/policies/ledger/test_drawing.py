"""The drawing of a lineage: every node once, what comes before at left, nothing on top of another."""

from hypothesis import given
from hypothesis import strategies as st

from policies.ledger.drawing import HEIGHT, WIDTH, draw

NODES = st.sampled_from("abcdefgh")


def test_origins_stand_at_left_and_uses_at_right() -> None:
    layers = {box.key: box.layer for box in draw("c", [("a", "b"), ("b", "c"), ("c", "d")]).boxes}
    assert layers == {"a": -2, "b": -1, "c": 0, "d": 1}


def test_an_item_without_edges_stands_alone() -> None:
    drawing = draw("c", [])
    assert [(box.key, box.layer) for box in drawing.boxes] == [("c", 0)]
    assert drawing.curves == ()


def test_neighbours_stand_at_the_same_height_where_they_can() -> None:
    edges = [("a1", "c"), ("a2", "c"), ("c", "z"), ("x", "a1"), ("y", "a2")]
    placed = {box.key: box.y for box in draw("c", edges).boxes}
    assert (placed["x"] < placed["y"]) == (placed["a1"] < placed["a2"])


@given(NODES, st.lists(st.tuples(NODES, NODES), max_size=40))
def test_boxes_lie_within_the_field_and_on_nothing_else(centre: str, edges: list[tuple[str, str]]) -> None:
    drawing = draw(centre, edges)
    keys = [box.key for box in drawing.boxes]
    assert len(keys) == len(set(keys))
    assert centre in keys
    for box in drawing.boxes:
        assert 0 <= box.x <= drawing.width - WIDTH
        assert 0 <= box.y <= drawing.height - HEIGHT
    for place, one in enumerate(drawing.boxes):
        for other in drawing.boxes[place + 1 :]:
            assert abs(one.x - other.x) >= WIDTH or abs(one.y - other.y) >= HEIGHT


@given(NODES, st.lists(st.tuples(NODES, NODES), max_size=40))
def test_every_edge_between_drawn_nodes_has_its_curve(centre: str, edges: list[tuple[str, str]]) -> None:
    drawing = draw(centre, edges)
    drawn = {box.key for box in drawing.boxes}
    expected = [n for n, (one, other) in enumerate(edges) if one in drawn and other in drawn and one != other]
    assert [curve.edge for curve in drawing.curves] == expected
