"""`soc detect calibrate`: learn from verdicts what points are worth, and say what came of it."""

from dataclasses import asdict

import click

from soc.desk import at_desk, print_json
from soc.text import t


@click.command()
@click.option("--org", help="only from the verdicts of this organisation and those below it")
@click.option("--json", "as_json", is_flag=True, help="print JSON lines")
def calibrate(org: str | None, as_json: bool) -> None:
    """Learn from analysts' verdicts how likely alerts are true; replace the version in use only if not worse."""
    from incidents.calibration.jobs import learn_everywhere

    with at_desk() as desk:
        for found in learn_everywhere(desk.database, org):
            if as_json:
                print_json(asdict(found))
            else:
                words = t(f"calibration.outcome.{found.outcome}", number=found.number or 0)
                click.echo(t("calibration.outcome_line", org=found.org, verdicts=found.verdicts, outcome=words))
