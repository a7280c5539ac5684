"""What backtests offer to the detectors' room; names only."""

from soc.room import JobSpec

BLUEPRINTS = ("detectors.sigma.backtests.routes:bp",)
JOBS = (JobSpec("rules.backtest", "detectors.sigma.backtests.jobs:backtest", long=True),)
