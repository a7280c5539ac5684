"""`soc detect evaluate` on events made here: who behaves as somebody else is found."""

import json
import random
from zoneinfo import ZoneInfo

import pytest

from detectors.behaviour.evaluate import Evaluation, evaluate
from detectors.behaviour.reading import EventLineError, instant_micros, read_events
from detectors.behaviour.windows import LabelsError, read_labels

ZONE = ZoneInfo("Asia/Shanghai")
START = instant_micros("2026-05-04T00:00:00Z")
MINUTE = 60_000_000
BLOCK = 40  # events a window
COMMANDS = {f"user{n}": [f"tool{(n * 3 + k) % 20}" for k in range(8)] for n in range(6)}


def iso(block: int) -> str:
    seconds = START // 1_000_000 + block * BLOCK * 60
    from datetime import UTC, datetime

    return datetime.fromtimestamp(seconds, UTC).isoformat()


def masquerade(seed: int, field: str = "operation") -> tuple[list[str], list[str]]:
    """Six users, 30 clean windows and 20 labelled ones, a tenth of which somebody else typed."""
    rng = random.Random(seed)
    events, labels = [], ["entity,start,end,label"]
    for user in COMMANDS:
        for block in range(50):
            stolen = block >= 30 and rng.random() < 0.1
            who = rng.choice([other for other in COMMANDS if other != user]) if stolen else user
            for step in range(BLOCK):
                at = (START + (block * BLOCK + step) * MINUTE) // 1000
                event = {"time": at, "actor": {"user": {"name": user}}, "api": {field: rng.choice(COMMANDS[who])}}
                events.append(json.dumps(event))
            if block >= 30:
                labels.append(f"{user},{iso(block)},{iso(block + 1)},{int(stolen)}")
    return events, labels


def run(events: list[str], labels: list[str], **options: object) -> Evaluation:
    return evaluate(events, labels, zone=ZONE, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("trained", [True, False])
def test_windows_typed_by_somebody_else_rank_first(trained: bool) -> None:
    events, labels = masquerade(seed=3)
    until = instant_micros(iso(30)) if trained else None
    found = run(events, labels, until=until).quality
    assert found.roc_auc is not None
    assert found.roc_auc > 0.98


def test_events_without_any_tie_to_their_label_score_no_better_than_chance() -> None:
    rng = random.Random(1)
    events, labels = masquerade(seed=3)
    rows = [row.rsplit(",", 1)[0] + f",{rng.randint(0, 1)}" for row in labels[1:]]
    found = run(events, [labels[0], *rows]).quality
    assert found.roc_auc == pytest.approx(0.5, abs=0.15)


def test_the_reason_of_the_strangest_window_names_a_foreign_tool() -> None:
    events, labels = masquerade(seed=3)
    worst = max(run(events, labels).rows, key=lambda row: row.score)
    assert "tool" in worst.reasons


def test_every_label_gets_a_row_also_of_an_entity_that_did_nothing() -> None:
    events, labels = masquerade(seed=3)
    result = run(events, [*labels, f"nobody,{iso(1)},{iso(2)},0"])
    assert len(result.rows) == len(labels)
    assert result.rows[-1].score == min(row.score for row in result.rows)


def outliers(seed: int) -> tuple[list[str], list[str]]:
    rng = random.Random(seed)
    events, labels = [], ["entity,start,end,label"]
    for number in range(600):
        odd = number % 40 == 7
        values = [rng.gauss(0, 1) + (6 if odd else 0), rng.gauss(0, 1) - (6 if odd else 0), rng.gauss(0, 1)]
        at = START // 1000 + number
        events.append(json.dumps({"time": at, "unmapped": {f"x{i}": value for i, value in enumerate(values)}}))
        labels.append(f"{number},2026-05-04T00:00:00Z,2026-05-04T00:00:01Z,{int(odd)}")
    return events, labels


@pytest.mark.parametrize("as_text", [True, False])
def test_single_events_with_outlying_figures_rank_first(as_text: bool) -> None:
    events, labels = outliers(seed=5)
    if as_text:  # `unmapped` is text in the stored schema
        events = [json.dumps({**(one := json.loads(line)), "unmapped": json.dumps(one["unmapped"])}) for line in events]
    found = run(events, labels, per_event=True).quality
    assert found.roc_auc is not None
    assert found.roc_auc > 0.99


def test_a_single_event_says_which_figure_was_extreme() -> None:
    events, labels = outliers(seed=5)
    assert "unmapped.x" in max(run(events, labels, per_event=True).rows, key=lambda row: row.score).reasons


def test_the_same_input_gives_the_same_scores() -> None:
    events, labels = outliers(seed=5)
    assert run(events, labels, per_event=True) == run(events, labels, per_event=True)


@pytest.mark.parametrize("line", ["{", "[]", '{"time": "yesterday"}', "{}"])
def test_a_line_that_is_no_event_names_its_number(line: str) -> None:
    with pytest.raises(EventLineError) as caught:
        read_events(['{"time": 1}', line])
    assert caught.value.params["line"] == 2


@pytest.mark.parametrize(
    "text",
    ["entity,start\n", "entity,start,end,label\na,x,y,1\n", "entity,start,end,label\na,2026-01-01T00:00:00Z,,7\n"],
)
def test_labels_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(LabelsError):
        read_labels(text.splitlines())


def test_the_first_instant_of_1970_is_a_time() -> None:
    assert read_events(['{"time": 0}']).times.tolist() == [0]


def test_times_in_seconds_milliseconds_and_text_are_one_instant() -> None:
    table = read_events(['{"time": 1767225600}', '{"time": 1767225600000}', '{"time": "2026-01-01T00:00:00Z"}'])
    assert set(table.times.tolist()) == {1_767_225_600_000_000}
