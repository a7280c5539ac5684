"""What a class requires is taken from what the event says, and nothing is made up."""

from typing import Any

from soc.ocsf.required import with_required


def _event(class_uid: int, **more: Any) -> dict[str, Any]:
    return {"class_uid": class_uid, "metadata": {"log_name": "x"}, **more}


def test_a_login_has_the_user_who_acted() -> None:
    found = with_required(_event(3002, actor={"user": {"name": "alice"}}))
    assert found["user"] == {"name": "alice"}


def test_an_event_that_names_nobody_gets_nobody() -> None:
    assert "user" not in with_required(_event(3002))


def test_a_process_has_name_number_and_device() -> None:
    found = with_required(
        _event(1007, actor={"app_name": "/usr/bin/id"}, dst_endpoint={"hostname": "web"}, unmapped={"x": {"pid": "7"}})
    )
    assert (found["process"], found["device"]) == (
        {"name": "id", "pid": 7},
        {"name": "web", "hostname": "web", "type_id": 0},
    )


def test_a_file_has_its_name_whichever_way_its_path_is_written() -> None:
    names = [
        with_required(_event(1001, file={"path": path}))["file"]["name"] for path in ("/a/b.csv", "C:\\a\\b.csv", "b")
    ]
    assert names == ["b.csv", "b.csv", "b"]


def test_what_a_sender_put_there_stays() -> None:
    given = {"name": "bob"}
    assert with_required(_event(3002, actor={"user": {"name": "alice"}}, user=given))["user"] is given
