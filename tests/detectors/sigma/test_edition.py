"""Shipped rules that are new or changed reach installations that were made before them."""

from pathlib import Path

from sqlalchemy import delete, select

from config.settings import Settings
from detectors.sigma.edition import edition
from detectors.sigma.models import DetectionRule
from soc.acting import SystemPath
from soc.installation import InstallationFact, open_installation


def test_an_edition_changes_with_any_rule(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("title: a\n")
    first = edition(tmp_path)
    (tmp_path / "a.yml").write_text("title: b\n")
    assert edition(tmp_path) != first
    (tmp_path / "a.yml").write_text("title: a\n")
    assert edition(tmp_path) == first


def test_an_installation_of_an_earlier_edition_gets_the_new_rules_and_keeps_what_is_switched_off(
    tmp_path: Path,
) -> None:
    settings = Settings.load({"SOC_HOME": str(tmp_path)})
    database = open_installation(settings).acting_for(SystemPath.OPERATOR)
    with database.write() as session:
        rules = list(session.scalars(select(DetectionRule).order_by(DetectionRule.title)))
        rules[0].enabled, kept, missing = False, rules[0].rule_id, rules[1].rule_id
        session.delete(rules[1])
        session.execute(delete(InstallationFact).where(InstallationFact.name.startswith("setup.rules")))
    database.close()
    database = open_installation(settings).acting_for(SystemPath.OPERATOR)
    with database.read() as session:
        found = {rule.rule_id: rule.enabled for rule in session.scalars(select(DetectionRule))}
    database.close()
    assert (found[kept], found[missing]) == (False, True)
