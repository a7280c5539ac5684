"""Whether what detectors look at is still what it was: the last week against the weeks before, figure by figure."""
