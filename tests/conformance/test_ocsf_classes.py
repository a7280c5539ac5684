"""What the declared formats give, against the published schema of OCSF 1.8."""

from pathlib import Path

import orjson
import pytest

from audit.ingest.formats import DECLARED
from tests.audit.ingest.formats.reading import lines
from tests.audit.ingest.formats.test_declared import SAMPLES

SCHEMA = Path(__file__).parents[3] / "shared" / "samples" / "ocsf" / "ocsf-1.8.0-compiled.json"
pytestmark = pytest.mark.skipif(not SCHEMA.exists(), reason="needs the samples: ../shared/samples/ocsf is absent")


@pytest.mark.parametrize("name", DECLARED)
def test_class_and_activity_are_the_schema_s(name: str) -> None:
    classes = {one["uid"]: one["attributes"] for one in orjson.loads(SCHEMA.read_bytes())["classes"].values()}
    for event in lines(name, SAMPLES[name]):
        attributes = classes[event["class_uid"]]
        assert str(event["activity_id"]) in attributes["activity_id"]["enum"]
        assert str(event["severity_id"]) in attributes["severity_id"]["enum"]
        assert event["type_uid"] == event["class_uid"] * 100 + event["activity_id"]
