"""A trial written out: the server's log, the register of accounts, the tables, and the truth."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from soc.demo.leaks.province import Trial
from soc.demo.leaks.tables import trial_tables

LOG, ACCOUNTS, TABLES, TRUTH = "server.log", "accounts.jsonl", "tables.json", "truth.jsonl"


def write_trial(trial: Trial, folder: Path) -> dict[str, int]:
    """Write a trial's files into a folder; returns how many lines of log, accounts and leaks there are."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOG).open("w", encoding="utf-8", newline="\n") as file:
        lines = 0
        for line in trial.lines():
            file.write(line)
            lines += line.count("\n")
    tables = [asdict(table) for table in trial_tables()]
    (folder / TABLES).write_text(json.dumps(tables, ensure_ascii=False, indent=1), encoding="utf-8")
    accounts = _written(folder / ACCOUNTS, _accounts(trial))
    return {"lines": lines, "accounts": accounts, "leaks": _written(folder / TRUTH, _truth(trial))}


def _written(path: Path, rows: Iterator[dict[str, Any]]) -> int:
    texts = [json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
    return len(texts)


def _accounts(trial: Trial) -> Iterator[dict[str, Any]]:
    for one in trial.staff:
        yield {
            "account": one.account, "person": one.person, "org": one.org, "post": one.post.value,
            "moves_on": trial.date_of(one.moves).isoformat() if one.moves_to else None,
            "moves_to": one.moves_to.value if one.moves_to else None,
        }  # fmt: skip


def _truth(trial: Trial) -> Iterator[dict[str, Any]]:
    for leak in trial.leaks:
        yield {
            "kind": leak.kind.value, "number": leak.number, "slow": leak.slow, "entities": list(leak.entities),
            "first": leak.first.isoformat(), "last": leak.last.isoformat(), "statements": leak.statements, "rows": leak.rows,
        }  # fmt: skip
