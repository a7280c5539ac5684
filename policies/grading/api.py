"""``/api/v1/policies/grading``: the grading policy for scripts."""

from policies.grading.document import DOCUMENT
from soc.versions.api import document_api

bp = document_api("grading", __name__, "policies/grading", DOCUMENT)
