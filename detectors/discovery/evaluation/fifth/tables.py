"""A fifth stranger's tables, from the reference alone: schools, testing stations, ferries, yards, hotlines, payrolls.

Nobody who mends the recognizers looks at what goes wrong here, and no rule was written for it.
"""

from pathlib import Path

from detectors.discovery.evaluation.strangers.stranger import Stranger

_FILES = ("drivers", "inspection", "ferries", "cargo", "roads", "hailing", "service", "office")

FIFTH = Stranger("fifth", Path(__file__).parent, _FILES)
tables = FIFTH.tables
