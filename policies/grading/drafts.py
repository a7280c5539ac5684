"""A person's working copy of the grading policy: edited in several places, tried, then proposed as a whole."""

from policies.grading.policy import KIND
from policies.grading.service import active_body, in_force
from soc.versions.drafting import Drafting

DRAFTS = Drafting(KIND, in_force, active_body)
