from hypothesis import given
from hypothesis import strategies as st

from audit.trail.ladder import ladder
from audit.trail.merkle import SHA256, LeafNodes, inclusion_proof, root


@given(count=st.integers(1, 70), data=st.data())
def test_a_ladder_ends_at_the_root(count: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, count - 1))
    nodes = LeafNodes([SHA256.leaf(b"%d" % number) for number in range(count)])
    top, path = root(nodes, count), inclusion_proof(nodes, index, count)
    assert ladder(nodes.node(0, index), index, count, path, top).holds


def test_a_ladder_from_another_leaf_does_not_hold() -> None:
    nodes = LeafNodes([SHA256.leaf(b"%d" % number) for number in range(9)])
    path = inclusion_proof(nodes, 3, 9)
    assert not ladder(SHA256.leaf(b"forged"), 3, 9, path, root(nodes, 9)).holds
