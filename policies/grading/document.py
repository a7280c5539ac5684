"""The grading policy as commands and the API deal with it."""

from policies.grading.editing import ordered
from policies.grading.policy import KIND
from policies.grading.service import active_body, submit
from soc.versions.documents import Document

DOCUMENT = Document(kind=KIND, held=active_body, ordered=ordered, submit=submit)
