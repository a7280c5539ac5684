"""A schedule in words: 每天 02:00，22 时至 6 时."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from detectors.discovery.scanning.models import ScanSchedule
from detectors.discovery.scanning.schedules import RHYTHMS
from soc.text import t
from soc.web.show import span

_OTHER = "other"


def rhythms() -> list[tuple[str, str]]:
    """The rhythms that a form offers."""
    return [("", t("scans.rhythm.none")), *((name, t(f"scans.rhythm.{name}")) for name in (*RHYTHMS, _OTHER))]


def rhythm_of(schedule: ScanSchedule | None) -> str:
    """The name of a schedule's rhythm: one that is offered, another, or none."""
    if schedule is None or not schedule.cron:
        return ""
    return next((name for name, cron in RHYTHMS.items() if cron == schedule.cron), _OTHER)


def schedule_words(schedule: ScanSchedule | None) -> str:
    """When a source is scanned by itself."""
    name = rhythm_of(schedule)
    if schedule is None or not name:
        return t("scans.rhythm.none")
    told = schedule.cron or "" if name == _OTHER else t(f"scans.rhythm.{name}")
    if schedule.window_from is None or schedule.window_to is None:
        return told
    return f"{told} · {t('scans.window', begins=schedule.window_from, ends=schedule.window_to)}"


def not_seen(part: Mapping[str, Any]) -> str:
    """What of a table was not looked at: partitions with their reasons, columns that were cut or are bytes."""
    told = [t("scans.part.unread", name=one["name"], reason=one["reason"]) for one in part.get("unread", ())]
    told += [
        t(f"scans.part.{kind}", names=", ".join(part[kind])) for kind in ("cut", "binary", "garbled") if part.get(kind)
    ]
    return "; ".join(told)


def took(length: timedelta) -> str:
    """A duration in words; short ones by the second."""
    seconds = round(length.total_seconds())
    return t("scans.seconds", count=seconds) if seconds < 120 else span(length)
