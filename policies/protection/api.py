"""``/api/v1/policies/protection``: the protection policy for scripts."""

from policies.protection.document import DOCUMENT
from soc.versions.api import document_api

bp = document_api("protection_policy", __name__, "policies/protection", DOCUMENT)
