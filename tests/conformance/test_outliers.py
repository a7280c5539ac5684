"""Outliers in public data sets: `soc detect evaluate --per event` on each as events."""

import json
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from detectors.behaviour.evaluate import evaluate

SETS = Path(__file__).parents[3] / "shared" / "samples" / "adbench"
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.mark.conformance
@pytest.mark.slow
@pytest.mark.skipif(not SETS.exists(), reason="needs the public samples: ../shared/samples/adbench")
@pytest.mark.parametrize(("name", "least"), [("32_shuttle", 0.97), ("34_smtp", 0.88), ("38_thyroid", 0.94)])
def test_public_outliers_are_ranked_first(name: str, least: float) -> None:
    data = np.load(SETS / f"{name}.npz")
    rows, marks = data["X"].astype(float)[:20_000], data["y"][:20_000]
    events = [
        json.dumps({"time": n, "unmapped": {f"f{i}": v for i, v in enumerate(row)}}) for n, row in enumerate(rows)
    ]
    labels = [f"{n},2026-01-01T00:00:00Z,2026-01-01T00:00:01Z,{int(mark)}" for n, mark in enumerate(marks)]
    found = evaluate(events, ["entity,start,end,label", *labels], zone=ZONE, per_event=True).quality
    assert found.roc_auc is not None
    assert found.roc_auc >= least
