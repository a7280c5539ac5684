"""Pages of the workshop of log formats."""

from flask import Blueprint
bp = Blueprint("log_formats", __name__, url_prefix="/ingest/formats", template_folder="templates")
