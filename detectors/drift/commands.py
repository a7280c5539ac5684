"""`soc detect drift`: look now, and show the newest look at each figure."""

import click

from soc.desk import at_desk, print_json
from soc.text import t


@click.command()
@click.option("--org", help="only the logs of this organisation")
@click.option("--json", "as_json", is_flag=True, help="print JSON lines")
def drift(org: str | None, as_json: bool) -> None:
    """Set the last week's figures of behaviour against the weeks before, and say what moved."""
    from detectors.behaviour.jobs import organisations
    from detectors.drift.service import latest, look

    with at_desk() as desk:
        for one in [org] if org else organisations(desk.database):
            with desk.write() as (session, actor):
                look(session, actor, one)
                rows = latest(session, one)
                for row in rows:
                    told = {"org": one, "day": row.day.isoformat(), "figure": row.figure, "moved": row.moved}
                    told |= {"bound": row.noise, "beyond": row.beyond, "days_beyond": row.days_beyond}
                    words = t(f"drift.figure.{row.figure}")
                    line = f"{one}  {row.day}  {row.moved:.3f} / {row.noise:.3f}  {words}{'  *' if row.beyond else ''}"
                    print_json(told) if as_json else click.echo(line)
