"""The first day of an empty installation: what is done, and what comes next."""
