from soc.text import known
from soc.trail import Act


def test_every_act_has_its_words() -> None:
    assert [act.value for act in Act if not known(f"acts.{act.value}")] == []


def test_an_act_is_a_thing_and_what_happened_to_it() -> None:
    assert all(len(act.value.split(".")) == 2 for act in Act)
