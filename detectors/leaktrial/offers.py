"""What the trial offers to the detectors' room."""

from soc.room import Bench

BENCHES = (Bench("leaks", "detectors.leaktrial.bench:run", ("people", "days", "seeds", "budget")),)
