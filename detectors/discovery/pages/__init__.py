"""Pages of scans: every source and how its scan stands, one source with its schedule and history, one scan's report."""
