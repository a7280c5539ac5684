from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.trail.merkle import (
    SHA256,
    SM3,
    Hasher,
    LeafNodes,
    consistency_proof,
    extends,
    includes,
    inclusion_proof,
    root,
)

#: the leaves of the reference tests of RFC 6962 implementations
LEAVES = [bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")] + [
    bytes(range(0x60, 0x70))
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
HASHERS = st.sampled_from([SHA256, SM3])
COUNTS = st.integers(1, 70)


def tree(count: int, hasher: Hasher = SHA256) -> LeafNodes:
    return LeafNodes([hasher.leaf(b"%d" % number) for number in range(count)], hasher)


def test_the_empty_tree_has_the_root_of_rfc_6962() -> None:
    assert root(LeafNodes([]), 0) == sha256(b"").digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_the_published_ones(size: int) -> None:
    assert root(LeafNodes([SHA256.leaf(leaf) for leaf in LEAVES]), size).hex() == ROOTS[size - 1]


def test_the_audit_path_is_the_one_of_the_rfc() -> None:
    # RFC 6962 §2.1.3: with 7 leaves, the path for d3 is [c, g, l] = [leaf 2, leaves 0-1, leaves 4-6]
    nodes = tree(7)
    c, g = nodes.node(0, 2), nodes.node(1, 0)
    assert inclusion_proof(nodes, 3, 7) == (c, g, SHA256.node(nodes.node(1, 2), nodes.node(0, 6)))


def test_the_consistency_proof_is_the_one_of_the_rfc() -> None:
    # RFC 6962 §2.1.3: PROOF(3, D[7]) = [c, d, g, l]
    nodes = tree(7)
    expected = (nodes.node(0, 2), nodes.node(0, 3), nodes.node(1, 0), SHA256.node(nodes.node(1, 2), nodes.node(0, 6)))
    assert consistency_proof(nodes, 3, 7) == expected


@given(count=COUNTS, data=st.data(), hasher=HASHERS)
def test_every_leaf_is_proven(count: int, data: st.DataObject, hasher: Hasher) -> None:
    index = data.draw(st.integers(0, count - 1))
    nodes = tree(count, hasher)
    proof = inclusion_proof(nodes, index, count, hasher)
    assert includes(nodes.node(0, index), index, count, proof, root(nodes, count, hasher), hasher)


@given(count=COUNTS, data=st.data())
def test_no_proof_shows_another_leaf_or_place(count: int, data: st.DataObject) -> None:
    index, other = data.draw(st.integers(0, count - 1)), data.draw(st.integers(0, count - 1))
    nodes = tree(count)
    proof, top = inclusion_proof(nodes, index, count), root(nodes, count)
    assert not includes(SHA256.leaf(b"forged"), index, count, proof, top)
    if other != index:
        assert not includes(nodes.node(0, index), other, count, proof, top)


@given(new=COUNTS, data=st.data(), hasher=HASHERS)
def test_growth_is_proven(new: int, data: st.DataObject, hasher: Hasher) -> None:
    old = data.draw(st.integers(0, new))
    nodes = tree(new, hasher)
    proof = consistency_proof(nodes, old, new, hasher)
    assert extends(old, new, root(nodes, old, hasher), root(nodes, new, hasher), proof, hasher)


@given(new=st.integers(2, 70), data=st.data())
def test_no_proof_hides_a_changed_past(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new))
    changed = data.draw(st.integers(0, old - 1))
    forged = [SHA256.leaf(b"forged" if n == changed else b"%d" % n) for n in range(new)]
    nodes, honest = LeafNodes(forged), tree(new)
    proof = consistency_proof(nodes, old, new)
    assert not extends(old, new, root(honest, old), root(nodes, new), proof)


@given(new=st.integers(2, 40), data=st.data())
def test_a_proof_with_a_hash_more_or_less_is_refused(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new - 1))
    nodes = tree(new)
    proof = consistency_proof(nodes, old, new)
    assert not extends(old, new, root(nodes, old), root(nodes, new), (*proof, b"x" * 32))
    assert not extends(old, new, root(nodes, old), root(nodes, new), proof[:-1])


@pytest.mark.parametrize(("index", "size"), [(0, 0), (3, 3), (-1, 2)])
def test_there_is_no_proof_for_a_leaf_outside(index: int, size: int) -> None:
    with pytest.raises(IndexError):
        inclusion_proof(tree(3), index, size)


def test_a_tree_does_not_shrink_consistently() -> None:
    with pytest.raises(IndexError):
        consistency_proof(tree(3), 3, 2)
