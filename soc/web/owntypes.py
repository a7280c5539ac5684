"""The types that organisations made themselves, in pages: whoever asks knows those of their tiers, and no stranger's."""

from flask import g

from soc.ledger.own_types import known_to
from soc.ledger.types import forget, know
from soc.web.context import current_actor, current_session


def learn() -> None:
    """Let this request know them; they are read where a type is first named."""
    if g.get("actor") is None:
        forget()
        return
    know(lambda: known_to(current_session(), current_actor()))


def unlearn(_error: BaseException | None = None) -> None:
    """Leave nothing to the next request of this thread."""
    forget()
