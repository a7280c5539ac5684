"""Who did it, where nobody did: the names of jobs, of what listens to news and of commands, in words.

Stored is the short name under which a job acts (``clocks``, ``on incident.opened``); people read
"系统 · 报告时限". A person's name is no such name and stays what it is.
"""

from soc.text import known, t

_LISTENING = "on "
_RUN = "run "


def doer_in_words(name: str) -> str:
    """Return a doer's name as people read it."""
    key = "doer.run" if name.startswith(_RUN) else key_of(name)
    return t("doer.by_itself", what=t(key)) if known(key) else name


def job_title(name: str) -> str:
    """Return what a job is for, in words."""
    return t(key_of(name)) if known(key_of(name)) else name


def key_of(name: str) -> str:
    """Return the message that names a doer."""
    return f"doer.{name.removeprefix(_LISTENING)}"
