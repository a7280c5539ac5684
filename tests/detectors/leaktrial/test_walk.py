"""A tiny province from end to end: every contender ranks, and they are not the same."""

import pytest
from click.testing import CliRunner

from audit.ingest.bench import opened
from config.settings import Settings
from detectors.leaktrial.bench import told, walk
from detectors.leaktrial.walk import Walk
from soc.cli import cli
from soc.demo.leaks.leak import Kind
from soc.demo.leaks.province import Trial
from soc.errors import InputError

TRIAL = Trial(seed=5, people=150, days=24, quiet=12, each=1)


def test_every_contender_ranks_every_day_after_the_quiet_ones_and_none_as_another(settings: Settings) -> None:
    with opened(settings) as (own, database):
        alerts = Walk(database, own, TRIAL).go()
    assert set(alerts) == {"product", "volume threshold", "isolation forest", "rules alone"}
    days = {TRIAL.date_of(number) for number in range(TRIAL.quiet, TRIAL.days)}
    firsts = {}
    for name, by_day in alerts.items():
        assert set(by_day) == days
        for ranked in by_day.values():
            assert [one.score for one in ranked] == sorted((one.score for one in ranked), reverse=True)
            assert len({one.reference for one in ranked}) == len(ranked)
        firsts[name] = [(day, one.reference) for day, ranked in by_day.items() for one in ranked[:5]]
    assert len({tuple(one) for one in firsts.values()}) == 4


def test_a_walk_gives_figures_of_every_kind(settings: Settings) -> None:
    figures = told([walk(settings, TRIAL, 20)], TRIAL.people, TRIAL.days, 20)
    kinds = figures["recall"]["product"]
    assert set(kinds) == {*Kind, "all fast", "all slow"}
    assert all(one["leaks"] == 1 for name, one in kinds.items() if not name.startswith("all"))
    assert kinds["all fast"]["found"] + kinds["all slow"]["found"] > 3  # in so small a province a dump stands out
    assert 0 < kinds["all slow"]["by_chance"] < 1
    assert figures["recall"]["volume threshold"]["all fast"]["found"] > 0
    assert figures["runs"][0]["events"] > 10_000


@pytest.mark.parametrize("option", ["--people", "--budget"])
def test_a_benchmark_that_takes_no_numbers_says_so(settings: Settings, option: str) -> None:
    with pytest.raises(InputError, match="bench_option") as refused:
        CliRunner(env={"SOC_HOME": str(settings.home)}).invoke(
            cli, ["bench", "rules", option, "500"], catch_exceptions=False
        )
    assert refused.value.params == {"name": "rules", "options": option}
