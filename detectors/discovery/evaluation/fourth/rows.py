"""A row of the fourth stranger's tables: who, where and when."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

from detectors.discovery.evaluation.strangers.row import Row, words

_HERE = Path(__file__).parent
_FIRST_BIRTH, _LAST_BIRTH = date(1956, 1, 1), date(2003, 12, 31)
_FIRST_MOMENT = datetime(2019, 1, 1, tzinfo=UTC)
_SECONDS = 7 * 365 * 24 * 3600


def row(key: str, index: int) -> Row:
    """The row of that index in the table of that key."""
    chance = Random(f"{key}/{index}")
    woman = chance.random() < 0.3
    counties = words(_HERE)["counties"]
    return Row(
        chance=chance,
        index=index,
        county=chance.choice(counties),
        home=chance.choice([county for county in counties if county.startswith("44")]),
        born=_FIRST_BIRTH + timedelta(days=chance.randrange((_LAST_BIRTH - _FIRST_BIRTH).days)),
        woman=woman,
        serial=chance.randrange(500) * 2 + (not woman),
        at=_FIRST_MOMENT + timedelta(seconds=chance.randrange(_SECONDS)),
        words=words(_HERE),
    )
