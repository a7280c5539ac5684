"""Incidents: from the alert that opened one to its review, with clocks, tasks, evidence and tiers."""
