"""Every kind of decision has a name in words."""

import pytest

from soc.approvals.service import approval_kinds
from soc.text import known


@pytest.mark.parametrize("kind", sorted(approval_kinds()))
def test_every_kind_of_approval_is_named_in_words(kind: str) -> None:
    assert known(f"approvals.kind.{kind}")
