"""The search page and its API: the reader's own organisation, the query's own words."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape
from typing import Any
from urllib.parse import unquote

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from detectors.sigma.models import DetectionRule
from detectors.sigma.rules import RuleStatus
from soc.identity.actor import Role
from soc.logstore import open_store
from soc.web.context import Kernel
from tests.browsing import Browser
from tests.contract import corpus

SignIn = Callable[..., Browser]
Api = Callable[..., FlaskClient]
PROVINCE, CITY, COUNTY, OTHER = "440000", "440100", "440103", "440300"


@pytest.fixture
def events(app: APIFlask) -> list[dict[str, object]]:
    """Store one event of each centre."""
    kernel: Kernel = app.extensions["guanlan"]
    rows: list[dict[str, object]] = [
        {
            "time": datetime(2026, 11, 20, place, tzinfo=UTC),
            "message": f"张三 转账 {org} <script>alert(1)</script>",
            "actor.user.name": f"user-{org}",
            "http_response.code": 200 + place,
            "guanlan.org": org,
        }
        for place, org in enumerate((PROVINCE, CITY, COUNTY, OTHER))
    ]
    made = corpus.numbered(rows, "b")
    for event, row in zip(made, rows, strict=True):
        event["guanlan.org"] = row["guanlan.org"]
    open_store(kernel.settings).append(corpus.table(made), batch="b")
    return made


def test_the_api_gives_ocsf_newest_first_with_the_total_and_a_way_on(api: Api, events: list[dict[str, object]]) -> None:
    answer = api("logs.read").get("/api/v1/logs", query_string={"q": "转账", "limit": 3})
    assert answer.status_code == 200
    assert [event["org"] for event in answer.json["events"]] == [OTHER, COUNTY, CITY]  # type: ignore[index]
    assert answer.json["total"] == 4  # type: ignore[index]
    rest = api("logs.read").get("/api/v1/logs", query_string={"q": "转账", "limit": 3, "cursor": answer.json["cursor"]})  # type: ignore[index]
    assert [event["metadata"]["uid"] for event in rest.json["events"]] == ["b-0000"]  # type: ignore[index]
    assert rest.json["cursor"] is None  # type: ignore[index]


def test_what_lies_outside_is_neither_listed_nor_counted(api: Api, events: list[dict[str, object]]) -> None:
    answer = api("logs.read", org=CITY).get("/api/v1/logs")
    assert {event["org"] for event in answer.json["events"]} == {CITY, COUNTY}  # type: ignore[index]
    assert answer.json["total"] == 2  # type: ignore[index]


@pytest.mark.parametrize(
    "args", [{"q": "a~2"}, {"q": "no.such:1"}, {"since": "soon"}, {"cursor": "x"}, {"limit": 10_001}, {"what": "x"}]
)
def test_the_api_refuses_what_cannot_be_asked(api: Api, args: dict[str, str]) -> None:
    assert api("logs.read").get("/api/v1/logs", query_string=args).status_code == 422


def test_a_token_without_the_scope_is_refused(api: Api) -> None:
    assert api("ledger.read").get("/api/v1/logs").status_code == 403


def test_a_time_bounds_the_api(api: Api, events: list[dict[str, object]]) -> None:
    args = {"since": "2026-11-20T01:00:00Z", "until": "2026-11-20T03:00:00Z"}
    answer = api("logs.read").get("/api/v1/logs", query_string=args)
    assert [event["metadata"]["uid"] for event in answer.json["events"]] == ["b-0002", "b-0001"]  # type: ignore[index]


def test_the_page_shows_the_events_and_escapes_what_they_say(sign_in: SignIn, events: list[dict[str, object]]) -> None:
    page = sign_in(Role.ANALYST, CITY).get("/logs/?q=转账&period=all")
    assert page.status_code == 200
    assert "user-440103" in page.text
    assert "user-440300" not in page.text
    assert "<script>alert(1)" not in page.text
    assert "events-by-time" in page.text


def test_a_query_that_cannot_be_read_stays_in_the_box_with_its_reason(sign_in: SignIn) -> None:
    page = sign_in(Role.ANALYST).get("/logs/?q=user.name:zhang&lang=zh")
    assert page.status_code == 422
    assert 'value="user.name:zhang"' in page.text
    assert "actor.user.name" in page.text


def test_without_a_match_the_page_says_what_to_do(sign_in: SignIn) -> None:
    page = sign_in(Role.ANALYST).get("/logs/?q=nothing&lang=en")
    assert "No event matches" in page.text


def test_an_event_shows_its_fields_with_a_search_for_each(sign_in: SignIn, events: list[dict[str, object]]) -> None:
    page = sign_in(Role.ANALYST, CITY).get("/logs/b-0002?q=转账")
    assert page.status_code == 200
    assert "http_response.code" in page.text
    assert "NOT+actor.user.name" in page.text.replace("%20", "+")


def test_an_event_outside_looks_like_one_that_never_was(sign_in: SignIn, events: list[dict[str, object]]) -> None:
    browser = sign_in(Role.ANALYST, CITY)
    foreign, absent = browser.get("/logs/b-0003"), browser.get("/logs/never")
    assert (foreign.status_code, absent.status_code) == (404, 404)
    said = [re.sub(r'nonce="[^"]*"|content="[^"]*"|\b[0-9a-f]{16}\b', "", page.text) for page in (foreign, absent)]
    assert said[0].replace("b-0003", "") == said[1].replace("never", "")


@pytest.mark.parametrize("role", [Role.OWNER, Role.LEADER])
def test_other_roles_do_not_search_the_logs(sign_in: SignIn, role: Role) -> None:
    assert sign_in(role).get("/logs/").status_code == 403


def test_facets_count_what_the_reader_may_see_and_each_value_narrows_the_query(
    sign_in: SignIn, events: list[dict[str, object]]
) -> None:
    part = sign_in(Role.ANALYST, CITY).get("/logs/facets?q=转账&period=all&lang=en")
    assert part.status_code == 200
    assert "user-440103" in part.text
    assert "user-440300" not in part.text
    assert OTHER not in part.text
    assert "/logs/?q=转账+AND+actor.user.name:%22user-440103%22&amp;period=all" in unquoted(part.text)
    assert "AND+NOT+actor.user.name:%22user-440103%22" in unquoted(part.text)


def test_the_page_does_not_wait_for_its_facets(sign_in: SignIn, events: list[dict[str, object]]) -> None:
    page = sign_in(Role.ANALYST, CITY).get("/logs/?q=转账&period=all&since=2026-11-01")
    assert 'hx-get="/logs/facets?q=转账&amp;period=all&amp;since=2026-11-01"' in unquote(page.text)


def test_facets_of_a_query_that_cannot_be_read_say_so(sign_in: SignIn) -> None:
    assert sign_in(Role.ANALYST).get("/logs/facets?q=((").status_code == 422


def unquoted(text: str) -> str:
    """Return the page with its links' letters readable, quotation marks apart."""
    return text.replace("%3A", ":").replace("%E8%BD%AC%E8%B4%A6", "转账").replace("%20", "+")


def test_before_and_after_an_event_stand_those_of_the_same_log_and_organisation(
    sign_in: SignIn, events: list[dict[str, object]]
) -> None:
    browser = sign_in(Role.ANALYST, PROVINCE)
    page = browser.get("/logs/b-0001/around?lang=en")
    assert page.status_code == 200
    assert "b-0001" in page.text
    assert "b-0002" not in page.text
    assert "No other event before or after" in page.text


@pytest.mark.parametrize("path", ["/logs/b-0003/around", "/logs/never/around", "/logs/b-0003/around?by=account"])
def test_nothing_stands_around_an_event_outside(sign_in: SignIn, events: list[dict[str, object]], path: str) -> None:
    assert sign_in(Role.ANALYST, CITY).get(path).status_code == 404


@pytest.mark.parametrize("by", ["address", "nothing"])
def test_an_event_without_an_address_is_not_looked_around_by_it(
    sign_in: SignIn, events: list[dict[str, object]], by: str
) -> None:
    assert sign_in(Role.ANALYST, CITY).get(f"/logs/b-0002/around?by={by}").status_code == 422


def test_an_event_leads_to_those_around_it(sign_in: SignIn, events: list[dict[str, object]]) -> None:
    page = sign_in(Role.ANALYST, CITY).get("/logs/b-0002")
    assert "/logs/b-0002/around?by=log" in page.text
    assert "/logs/b-0002/around?by=account" in page.text
    assert "by=address" not in page.text


def test_the_query_box_is_told_fields_by_their_words(sign_in: SignIn) -> None:
    answer = sign_in(Role.ANALYST, CITY).get("/logs/complete?q=账号&lang=zh")
    first = answer.json["items"][0]  # type: ignore[index]
    told = {"text": "actor.user.name:", "label": "actor.user.name", "note": "账号", "count": None}
    assert first == told | {"more": True, "back": 0}


@pytest.mark.parametrize("pre", ["", "user", "user-440"])
def test_the_query_box_is_told_no_value_of_others(sign_in: SignIn, events: list[dict[str, object]], pre: str) -> None:
    answer = sign_in(Role.ANALYST, CITY).get(f"/logs/complete?q=actor.user.name:{pre}&period=all")
    told = [(one["label"], one["text"], one["count"]) for one in answer.json["items"] if one["count"]]  # type: ignore[index]
    assert told == [
        ("user-440100", 'actor.user.name:"user-440100"', 1),
        ("user-440103", 'actor.user.name:"user-440103"', 1),
    ]


@pytest.mark.parametrize("path", ["/logs/complete?q=guanlan.org:&period=all", "/logs/facets?period=all"])
def test_other_roles_are_told_nothing(sign_in: SignIn, events: list[dict[str, object]], path: str) -> None:
    assert sign_in(Role.OWNER).get(path).status_code == 403


def test_suggestions_keep_to_the_period(sign_in: SignIn, events: list[dict[str, object]]) -> None:
    path = "/logs/complete?q=actor.user.name:&since=2026-11-20T02:00:00Z"
    told = sign_in(Role.ANALYST, PROVINCE).get(path).json["items"]  # type: ignore[index]
    assert [one["label"] for one in told if one["count"]] == [
        "user-440103",
        "user-440300",
    ]


def test_what_is_written_in_the_middle_is_told_where_it_stands(
    sign_in: SignIn, events: list[dict[str, object]]
) -> None:
    asked = {"q": "😀 (actor.user.name:user OR a)", "at": "23", "period": "all"}
    answer = sign_in(Role.ANALYST, CITY).get("/logs/complete", query_string=asked)
    told: dict[str, Any] = answer.json  # type: ignore[assignment]
    assert (told["start"], told["end"]) == (3, 23)
    assert [one["text"] for one in told["items"]][:1] == ['actor.user.name:"user-440100"']


@pytest.mark.parametrize(
    ("q", "lang", "place", "mend", "marked"),
    [
        ('转账 AND "张三', "zh", "第 8 个字符", "没有收尾", "&#34;"),
        ("转账 AND guanlan.rows:many", "zh", "第 21 个字符", "是整数", "many"),
        ("a AND user.name:x", "en", "Character 7", "actor.user.name", "user.name"),
        ("guanlan.rows:[1 5]", "en", "Character 14", "[from TO to]", "[1 5]"),
    ],
)
def test_a_wrong_query_is_shown_with_the_character_and_what_to_mend(
    sign_in: SignIn, q: str, lang: str, place: str, mend: str, marked: str
) -> None:
    answer = sign_in(Role.ANALYST, CITY).get("/logs/", query_string={"q": q, "lang": lang})
    assert answer.status_code == 422
    text = answer.text
    assert (place in text, mend in text, f"<mark>{marked}</mark>" in text) == (True, True, True)


def test_the_api_says_at_which_character_a_query_goes_wrong(api: Api) -> None:
    answer = api("logs.read").get("/api/v1/logs", query_string={"q": "a AND"}, headers={"Accept-Language": "en"})
    assert answer.json["errors"] == [{"field": "q", "message": "Character 3"}]  # type: ignore[index]
    assert "No condition follows" in answer.json["detail"]  # type: ignore[index]


def test_the_page_explains_the_syntax_with_examples_that_search(
    sign_in: SignIn, events: list[dict[str, object]]
) -> None:
    browser = sign_in(Role.ANALYST, CITY)
    links = re.findall(r'<a class="mono" href="(/logs/[^"]+)"', browser.get("/logs/").text)
    assert len(links) >= 12
    for link in links:
        assert browser.get(unescape(link)).status_code == 200


RULE = "4b0d2a64-0000-4000-8000-00000000feed"


@pytest.fixture
def hit(app: APIFlask) -> str:
    """Store an event of the city that a rule hit, and one that a rule hit which is no longer kept; return the rule."""
    kernel: Kernel = app.extensions["guanlan"]
    with kernel.database.write() as session:
        told = {"title": "Bulk <b>export</b>", "custom": {"title_zh": "批量导出"}}
        session.add(
            DetectionRule(
                rule_id=RULE, title="Bulk <b>export</b>", title_zh="批量导出", level="high", status=RuleStatus.OK,
                document=told, imported_at=datetime(2026, 11, 1, tzinfo=UTC), shipped=True,
            )
        )  # fmt: skip
    rows: list[dict[str, object]] = [
        {
            "time": datetime(2026, 11, 20, place, tzinfo=UTC),
            "guanlan.rules": [tag],
            "actor.user.name": "zhang",
            "guanlan.org": CITY,
        }
        for place, tag in enumerate((RULE, "gone-rule"))
    ]
    made = [event | {"guanlan.org": CITY} for event in corpus.numbered(rows, "h")]
    open_store(kernel.settings).append(corpus.table(made), batch="h")
    return RULE


@pytest.mark.parametrize(("lang", "title"), [("zh", "批量导出"), ("en", "Bulk &lt;b&gt;export&lt;/b&gt;")])
@pytest.mark.parametrize("path", ["/logs/?period=all", "/logs/h-0000/around?by=account", "/logs/h-0000"])
def test_a_list_of_events_names_the_rules_that_hit_and_leads_to_their_pages(
    sign_in: SignIn, hit: str, path: str, lang: str, title: str
) -> None:
    browser = sign_in(Role.ANALYST, CITY)
    text = browser.get(f"{path}{'&' if '?' in path else '?'}lang={lang}").text
    assert f'href="/rules/of/{hit}"' in text
    assert title in text
    assert "/rules/of/gone-rule" not in text
    page = browser.get(f"/rules/of/{hit}")
    assert (page.status_code, title in page.text) == (200, True)
