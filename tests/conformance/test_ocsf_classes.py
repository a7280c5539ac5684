"""What the declared formats give, against the published schema of OCSF 1.8."""

from pathlib import Path

import orjson
import pytest

from audit.ingest.formats import DECLARED
from tests.audit.ingest.formats.reading import lines
from tests.audit.ingest.formats.test_declared import SAMPLES

SCHEMA = Path(__file__).parents[3] / "shared" / "samples" / "ocsf" / "ocsf-1.8.0-compiled.json"
pytestmark = pytest.mark.skipif(not SCHEMA.exists(), reason="needs the samples: ../shared/samples/ocsf is absent")
#: cloud and osint belong to profiles that no event here claims; a statement may come from nobody knows where
_NOT_SAID = {"cloud", "osint", "src_endpoint"}
#: an audit line names its machine only where it was relayed; the general log names the user only at the start
_SILENT = {"auditd": {"device"}, "mysql_general": {"user"}}


@pytest.mark.parametrize("name", DECLARED)
def test_class_and_activity_are_the_schema_s(name: str) -> None:
    classes = {one["uid"]: one["attributes"] for one in orjson.loads(SCHEMA.read_bytes())["classes"].values()}
    for event in lines(name, SAMPLES[name]):
        attributes = classes[event["class_uid"]]
        assert str(event["activity_id"]) in attributes["activity_id"]["enum"]
        assert str(event["severity_id"]) in attributes["severity_id"]["enum"]
        assert event["type_uid"] == event["class_uid"] * 100 + event["activity_id"]


@pytest.mark.parametrize("name", DECLARED)
def test_what_the_class_requires_is_there_where_the_log_says_it(name: str) -> None:
    classes = {one["uid"]: one["attributes"] for one in orjson.loads(SCHEMA.read_bytes())["classes"].values()}
    for event in lines(name, SAMPLES[name]):
        wanted = {key for key, told in classes[event["class_uid"]].items() if told.get("requirement") == "required"}
        assert wanted - _NOT_SAID - _SILENT.get(name, set()) <= set(event)


@pytest.mark.parametrize("name", DECLARED)
def test_objects_have_what_their_kind_requires(name: str) -> None:
    kinds = orjson.loads(SCHEMA.read_bytes())["objects"]
    for event in lines(name, SAMPLES[name]):
        for part in ("metadata", "device", "file", "database", "api", "http_response"):
            required = {key for key, told in kinds[part]["attributes"].items() if told.get("requirement") == "required"}
            assert required <= set(event.get(part, required))
