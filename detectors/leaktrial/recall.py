"""How many leaks the budget found: by kind, over seeds, with the time it took."""

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from detectors.leaktrial.alerts import Ranked
from detectors.leaktrial.installed import reference_of
from soc.demo.leaks.leak import Leak

#: days after its last statement within which an alert still counts as finding a leak
GRACE_FAST, GRACE_SLOW = timedelta(days=2), timedelta(days=7)
#: what issue 5 asks for
LEAST_FAST, LEAST_SLOW = 0.95, 0.70
_CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Outcome:
    """One leak: days from its first statement until an alert about it was within the budget, None where none was.

    ``raised`` says whether there was an alert at all, however low it stood. ``chance`` is how likely an honest colleague
    stood within the budget in the same days: what is found no more often than that was found by chance.
    """

    kind: str
    slow: bool
    days: int | None
    raised: bool
    chance: float = 0.0


def outcomes(
    leaks: Iterable[Leak],
    alerts: Mapping[date, Sequence[Ranked]],
    budget: int,
    zone: ZoneInfo,
    bystanders: Callable[[Leak], Collection[str]] = lambda _: (),
) -> list[Outcome]:
    """Look for each leak among the first ``budget`` alerts of each day (in order), and among all of them.

    ``bystanders`` names honest entities that are like a leak's.
    """
    seen = {day: [one.reference for one in ranked] for day, ranked in alerts.items()}
    return [_outcome(leak, seen, budget, zone, bystanders(leak)) for leak in leaks]


def _outcome(
    leak: Leak, seen: Mapping[date, Sequence[str]], budget: int, zone: ZoneInfo, bystanders: Collection[str]
) -> Outcome:
    wanted = {reference_of(entity) for entity in leak.entities}
    first, until = open_days(leak, zone)
    days = [day for day in sorted(seen) if first <= day <= until]
    found = next((day for day in days if wanted & set(seen[day][:budget])), None)
    raised = any(wanted & set(seen[day]) for day in days)
    looked_at = {one for day in days for one in seen[day][:budget]}
    share = sum(reference_of(one) in looked_at for one in bystanders) / max(len(bystanders), 1)
    return Outcome(
        leak.kind.value,
        leak.slow,
        None if found is None else (found - first).days,
        raised,
        1 - (1 - share) ** len(wanted),
    )


def open_days(leak: Leak, zone: ZoneInfo) -> tuple[date, date]:
    """Return the first and the last day on which an alert counts as finding a leak."""
    grace = GRACE_SLOW if leak.slow else GRACE_FAST
    return leak.first.astimezone(zone).date(), leak.last.astimezone(zone).date() + grace


def false_alerts(leaks: Sequence[Leak], alerts: Mapping[date, Sequence[Ranked]], budget: int, zone: ZoneInfo) -> float:
    """Return how many alerts of a day's budget are about nobody who leaks then, on average."""
    spans = [({reference_of(one) for one in leak.entities}, *open_days(leak, zone)) for leak in leaks]
    wrong = [
        sum(
            not any(one.reference in who and first <= day <= until for who, first, until in spans)
            for one in ranked[:budget]
        )
        for day, ranked in alerts.items()
    ]
    return sum(wrong) / max(len(wrong), 1)


def by_kind(seeds: Sequence[Sequence[Outcome]]) -> dict[str, dict[str, object]]:
    """Sum up the outcomes of several seeds by kind, and of the fast and the slow ones."""
    kinds = list(dict.fromkeys(one.kind for seed in seeds for one in seed))
    told = {kind: _figures([[one for one in seed if one.kind == kind] for seed in seeds]) for kind in kinds}
    for name, slow in (("all fast", False), ("all slow", True)):
        told[name] = _figures([[one for one in seed if one.slow == slow] for seed in seeds])
    return told


def _figures(seeds: Sequence[Sequence[Outcome]]) -> dict[str, object]:
    whole = [one for seed in seeds for one in seed]
    found = sorted(one.days for one in whole if one.days is not None)
    shares = [sum(one.days is not None for one in seed) / len(seed) for seed in seeds if seed]
    slow = bool(whole) and whole[0].slow
    return {
        "slow": slow,
        "goal": LEAST_SLOW if slow else LEAST_FAST,
        "leaks": len(whole),
        "found": len(found),
        "recall": round(len(found) / len(whole), 3) if whole else None,
        "over_seeds": over_seeds(shares),
        "over_leaks": over_leaks(len(found), len(whole)),
        "raised_at_any_rank": round(sum(one.raised for one in whole) / len(whole), 3) if whole else None,
        "by_chance": round(sum(one.chance for one in whole) / len(whole), 3) if whole else None,
        "days_until_found": {"median": found[len(found) // 2], "most": found[-1]} if found else None,
    }


def over_seeds(shares: Sequence[float]) -> list[float] | None:
    """Return Student's 95 % interval of the mean of seeds, within 0 and 1; None of fewer than two."""
    if len(shares) < 2:
        return None
    from scipy.stats import t

    mean = sum(shares) / len(shares)
    deviation = math.sqrt(sum((one - mean) ** 2 for one in shares) / (len(shares) - 1))
    reach = float(t.ppf((1 + _CONFIDENCE) / 2, len(shares) - 1)) * deviation / math.sqrt(len(shares))
    return [round(max(0.0, mean - reach), 3), round(min(1.0, mean + reach), 3)]


def over_leaks(found: int, count: int) -> list[float] | None:
    """Return Wilson's 95 % interval of a share of single leaks; None of none."""
    if not count:
        return None
    z, share = 1.959964, found / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    reach = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count)) / (1 + z * z / count)
    return [round(max(0.0, middle - reach), 3), round(min(1.0, middle + reach), 3)]
