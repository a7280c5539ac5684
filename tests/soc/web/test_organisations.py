import pytest
from apiflask import APIFlask

from soc.db import Database
from soc.identity.actor import Role
from soc.text import speaking
from soc.tiers.models import Organisation, Tier
from soc.web.organisations import org_name
from tests.browsing import SignIn


@pytest.mark.parametrize(("lang", "name"), [("zh", "越秀区"), ("en", "Yuexiu District")])
def test_a_row_shows_the_name_of_its_organisation_in_the_readers_language(app: APIFlask, lang: str, name: str) -> None:
    with speaking(lang), app.test_request_context("/"):
        assert org_name("440104") == name


def test_a_unit_is_named_and_an_unknown_code_stays_a_code(app: APIFlask, database: Database) -> None:
    with database.write() as session:
        path = "/440000/440100/440100-01/"
        session.add(Organisation(code="440100-01", name="客运总站", parent_code="440100", path=path, tier=Tier.UNIT))
    with app.test_request_context("/"):
        assert [org_name("440100-01"), org_name("999999")] == ["客运总站", "999999"]


def test_an_english_page_names_the_switchers_organisations_in_english(sign_in: SignIn) -> None:
    page = sign_in(Role.SYSADMIN, "440300").get("/frame/organisations?lang=en").text
    assert "Luohu District" in page
    assert "Guangzhou" not in page
