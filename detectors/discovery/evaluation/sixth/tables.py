"""A sixth stranger's tables, from the reference alone: metros, airports, pilots, customs, hospitals, funds, the police.

Nobody who mends the recognizers looks at what goes wrong here, and no rule was written for it.
"""

from pathlib import Path

from detectors.discovery.evaluation.strangers.stranger import Stranger

_FILES = ("rails", "logistics", "learning", "harbour", "calls", "police", "offices", "machines")

SIXTH = Stranger("sixth", Path(__file__).parent, _FILES)
tables = SIXTH.tables
