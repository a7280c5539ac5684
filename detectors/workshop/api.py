"""``/api/v1/recognizers``: an organisation's own recognizers for scripts."""

from detectors.workshop.document import DOCUMENT
from soc.versions.api import document_api

bp = document_api("recognizers", __name__, "recognizers", DOCUMENT)
