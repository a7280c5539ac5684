"""Alerts, incidents, their clocks, and the way between the tiers."""
