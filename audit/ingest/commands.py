"""``soc logs formats | parse | ingest | listen``."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from soc.desk import at_desk, print_json
from soc.errors import InputError

_PATHS = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))

_ORG = click.option("--org", help="Code of the organisation whose own formats are known too; the centre's by default.")


@click.command("formats")
@_ORG
@click.option("--json", "as_json", is_flag=True, help="The only form there is.")
def formats(org: str | None, as_json: bool) -> None:
    """List the log formats, the organisation's own behind the shipped ones, one JSON line each."""
    from audit.ingest.at_hand import formats_at_hand
    from audit.ingest.formats import find_format, names_known

    with formats_at_hand(org=org):
        for name in names_known():
            print_json({"name": name, "title": find_format(name).title})


@click.command("parse")
@_PATHS
@click.option("--format", "format_name", help="Name of the format; told from the text by default.")
@click.option("--schema", type=click.Choice(["ocsf", "ecs"]), default="ocsf", show_default=True)
@click.option("--timezone", "zone", default="Asia/Shanghai", show_default=True, help="Zone of times that name none.")
@click.option("--prefix", help="PostgreSQL's log_line_prefix; recognised by default.")
@_ORG
@click.option("--json", "as_json", is_flag=True, help="The only form there is.")
def parse(
    files: tuple[Path, ...],
    format_name: str | None,
    schema: str,
    zone: str,
    prefix: str | None,
    org: str | None,
    as_json: bool,
) -> int:
    """Print the records of FILES as OCSF (or ECS) JSON lines; stores nothing."""
    from audit.ingest.at_hand import formats_at_hand
    from audit.ingest.formats import ParseOptions

    options = ParseOptions(timezone=zone_of(zone), prefix=prefix)
    broken = False
    with formats_at_hand(format_name, org):
        for lines in (_lines(path, format_name, schema, options) for path in files):
            for line in lines:
                broken = broken or line.startswith(b'{"error":')
                sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()
    return 1 if broken else 0


def _lines(path: Path, format_name: str | None, schema: str, options: "object") -> Iterator[bytes]:
    from audit.ingest.printing import printed
    from audit.ingest.reading import read_records

    for log_format, parsed in read_records(path, format_name, options):  # type: ignore[arg-type]
        yield from printed(parsed, log_format.name, schema)


def zone_of(name: str) -> ZoneInfo:
    """Return the time zone called ``name``.

    Raises:
        InputError: there is none.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InputError("ingest.error.unknown_zone", name=name[:60]) from error


@click.command("ingest")
@_PATHS
@click.option("--format", "format_name", help="Name of the format; told from the text by default.")
@click.option("--org", help="Code of the organisation whose log it is; the installation's own by default.")
@click.option("--timezone", "zone", default="Asia/Shanghai", show_default=True, help="Zone of times that name none.")
@click.option("--prefix", help="PostgreSQL's log_line_prefix; recognised by default.")
@click.option("--json", "as_json", is_flag=True, help="The only form there is.")
def ingest(
    files: tuple[Path, ...], format_name: str | None, org: str | None, zone: str, prefix: str | None, as_json: bool
) -> None:
    """Store the records of FILES; searchable when it ends. A file read before is read on where it ended."""
    from audit.ingest.followers import ingest_file
    from audit.ingest.formats import ParseOptions
    from audit.ingest.receipts import Receipt

    options = ParseOptions(timezone=zone_of(zone), prefix=prefix)
    total = Receipt()
    with at_desk() as desk:
        for path in files:
            total += ingest_file(desk.database, desk.settings, path, format_name, org, options)
    print_json(total.as_json())


@click.command("listen")
@click.argument("addresses", nargs=-1)
def listen(addresses: tuple[str, ...]) -> None:
    """Take syslog at ADDRESSES (udp|tcp|tls://HOST:PORT?org=CODE), else at those of SOC_SYSLOG_LISTEN."""
    from audit.ingest.receive.process import NoListenerError
    from config.settings import Settings
    from soc.serve import serve

    settings = Settings.load({**os.environ, "SOC_SYSLOG_LISTEN": ",".join(addresses)} if addresses else None)
    if not settings.syslog_listen:
        raise NoListenerError("receive.error.none")
    serve(settings, frozenset({"listen"}))
