"""What interfaces found in logs offer to the room; names only."""

from datetime import timedelta

from soc.room import JobSpec

JOBS = (JobSpec("interfaces", "detectors.interfaces.jobs:count_job", every=timedelta(minutes=5)),)
