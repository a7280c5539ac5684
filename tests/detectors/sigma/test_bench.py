"""What stands for three hundred rules: none is another's copy, each can be matched, and none shares a constant."""

from itertools import islice

from detectors.sigma.bench import ACTIVE, shipped, varied
from detectors.sigma.rules import RuleStatus


def test_variations_are_rules_of_their_own_that_can_be_matched() -> None:
    rules = list(islice(varied(shipped()), ACTIVE))
    assert len({rule.id for rule in rules}) == ACTIVE
    assert {rule.status for rule in rules} == {RuleStatus.OK}
    told = [str((rule.document or {})["detection"]) for rule in rules]
    assert len(set(told)) == ACTIVE
