"""A person's working copy of the protection policy: edited rule by rule, tried, then proposed as a whole."""

from policies.protection.policy import KIND
from policies.protection.service import body_for, in_force
from soc.versions.drafting import Drafting

DRAFTS = Drafting(KIND, in_force, body_for)
