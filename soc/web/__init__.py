"""The web base: sessions, guards, forms, tables, charts, the page frame and the JSON base.

Rooms import from here what their routes need; nothing here knows a room.
"""

from soc.web.context import current_actor, current_database, current_session, current_settings, current_store, viewer
from soc.web.forms import FormError, read_form
from soc.web.guard import public, requires
from soc.web.paging import TablePage, page_of
from soc.web.tables import Choice, Column, Filter, TableSpec
from soc.web.toasts import toast

__all__ = [
    "Choice",
    "Column",
    "Filter",
    "FormError",
    "TablePage",
    "TableSpec",
    "current_actor",
    "current_database",
    "current_session",
    "current_settings",
    "current_store",
    "page_of",
    "public",
    "read_form",
    "requires",
    "toast",
    "viewer",
]
