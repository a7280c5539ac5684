"""Log lines made up for measuring: ordinary work of a portal and a database, the same by seed."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

_BEGIN = datetime(2026, 11, 2, 0, 30, tzinfo=UTC)
_PAGES = ("/permits/list", "/permits/detail", "/vehicles/search", "/drivers/export.csv", "/login", "/static/app.js")
_AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"
)
_TABLES = ("public.practitioner", "public.vehicle", "public.permit", "public.enforcement_case", "etc.passage")
#: one line in so many is something that a rule speaks of
_SELDOM = 500
_PROBES = ("/.env", "/backup.zip", "/.git/config")
_INJECTED = "?id=1%20UNION%20SELECT%20password"
_GRANTED = ("ROLE", "GRANT", "GRANT SELECT ON public.permit TO clerk7")
_SWITCHED = ("MISC", "SET", "ALTER SYSTEM SET pgaudit.log = 'none'")
_COLUMNS = ("name, phone", "id_card, phone", "plate_no, vin", "owner, address", "*")


def nginx_lines(count: int, seed: int = 1) -> Iterator[str]:
    """Yield ``count`` access log lines."""
    chance = random.Random(seed)  # noqa: S311 - made-up lines, no secret
    for number in range(count):
        at = (_BEGIN + timedelta(seconds=number // 40)).strftime("%d/%b/%Y:%H:%M:%S +0000")
        page = chance.choice(_PAGES)
        query = f"?id={chance.randrange(10**6)}" if chance.random() < 0.6 else ""
        if chance.random() < 0.02:
            query = f"?phone=138{chance.randrange(10**8):08d}"
        status = chance.choice((200, 200, 200, 200, 304, 404, 500))
        address = f"10.{chance.randrange(8)}.{chance.randrange(255)}.{chance.randrange(255)}"
        size = chance.randrange(90_000)
        if chance.randrange(_SELDOM) == 0:
            page, query, size = chance.choice(
                ((chance.choice(_PROBES), "", size), (page, _INJECTED, size), ("/drivers/export.csv", "", 52_000_000))
            )
        yield f'{address} - - [{at}] "GET {page}{query} HTTP/1.1" {status} {size} "https://portal.example.cn/" "{_AGENT}"'


def pgaudit_lines(count: int, seed: int = 1) -> Iterator[str]:
    """Yield ``count`` server-log lines of pgaudit."""
    chance = random.Random(seed)  # noqa: S311 - made-up lines, no secret
    for number in range(count):
        at = (_BEGIN + timedelta(milliseconds=80 * number)).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
        who = chance.randrange(60)
        table, columns = chance.choice(_TABLES), chance.choice(_COLUMNS)
        asked = f"WHERE id = {chance.randrange(10**7)} AND region = '44{who:04d}'"
        kind, command = "READ", "SELECT"
        statement = f"SELECT {columns} FROM {table} {asked}"  # noqa: S608 - a made-up line, never run
        if chance.randrange(_SELDOM) == 0:
            kind, command, statement = chance.choice((_GRANTED, _SWITCHED))
        yield (
            f"{at} UTC [{2000 + who}] user=clerk{who},db=transport,app=window,host=10.1.2.{who},session=6a.{who:x} LOG:  "
            f'AUDIT: SESSION,{number % 900 + 1},1,{kind},{command},,,"{statement}",<not logged>,{chance.randrange(40)}'
        )
