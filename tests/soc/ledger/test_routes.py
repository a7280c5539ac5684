"""Templates of paths: values go, words stay, the same path gives the same; a registered one is known by its form."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc.ledger.routes import LONGEST, alike, fits, route_of, template_of

words = st.text(string.ascii_lowercase, min_size=1, max_size=12)
paths = st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/"), max_size=60), max_size=20)


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("/drivers/4711", "/drivers/{id}"),
        ("/drivers/011cb7ec-3d8e-48d2-bb59-8d3235f3df24/licences", "/drivers/{id}/licences"),
        ("/api/v1/oauth2/token", "/api/v1/oauth2/token"),
        ("/cases/GD-20261128-001", "/cases/{id}"),
        ("/cars/%E7%B2%A4A12345", "/cars/{id}"),
        ("/people/110105********002X", "/people/{id}"),
        ("/people/张三", "/people/{id}"),
        ("/mail/li@example.org", "/mail/{id}"),
        ("/files/9f86d081884c7d65", "/files/{id}"),
        ("/2026/11/28", "/{id}/{id}/{id}"),
        ("/books:export", "/books:export"),
        ("//drivers//", "/drivers"),
        ("/drivers;jsessionid=5A6B", "/drivers"),
        ("/", "/"),
        ("/assets/app.9f86d081.js", None),
        ("/logo.PNG", None),
        ("*", None),
        ("", None),
    ],
)
def test_a_path_without_its_values_is_the_interface(path: str, template: str | None) -> None:
    assert template_of(path) == template


@given(paths)
def test_a_template_is_bounded_and_the_template_of_itself(parts: list[str]) -> None:
    template = template_of("/" + "/".join(parts))
    assert template is None or (template_of(template) == template and len(template) <= LONGEST)


@given(st.lists(words, min_size=1, max_size=5), st.data())
def test_whichever_number_stands_in_a_path_the_template_is_the_same(parts: list[str], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(parts)))
    one, two = (
        "/" + "/".join([*parts[:place], str(data.draw(st.integers(0, 10**20))), *parts[place:]]) for _ in range(2)
    )
    assert template_of(one) == template_of(two)


@given(paths)
def test_no_long_number_is_left_in_a_template(parts: list[str]) -> None:
    template = template_of("/" + "/".join([*parts, "13800138000"]))
    assert template is None or "13800138000" not in template


def test_only_methods_of_interfaces_make_one() -> None:
    assert route_of("GET", "/x/1") == "GET /x/{id}"
    assert [route_of(one, "/x") for one in ("OPTIONS", "HEAD", "get", None)] == [None] * 4
    assert route_of("GET", None) is None


@pytest.mark.parametrize(
    ("seen", "registered", "same"),
    [
        ("/drivers/{id}", "/drivers/{driver_no}", True),
        ("/drivers/{id}", "/drivers/:no/", True),
        ("/drivers/{id}", "/Drivers/<int:no>", True),
        ("/gateway/api/drivers/{id}", "/drivers/{no}", True),
        ("/drivers/{id}", "/api/v1/drivers/{no}", True),
        ("/drivers/self", "/drivers/{no}", True),
        ("/drivers/{id}", "/cars/{id}", False),
        ("/drivers/{id}", "/drivers", False),
        ("/drivers/{id}", "/drivers/all", False),
        ("/a/{id}/{id}", "/{id}/{id}", False),
        ("/x/drivers", "/drivers", False),
        ("/", "/", True),
        ("/", "/drivers", False),
    ],
)
def test_what_was_seen_is_known_by_its_form_with_or_without_a_base(seen: str, registered: str, same: bool) -> None:
    assert fits(alike(seen), alike(registered)) is same


@given(st.lists(words, min_size=1, max_size=6))
def test_every_path_of_words_fits_itself(parts: list[str]) -> None:
    path = alike("/" + "/".join(parts))
    assert fits(path, path)
