"""Alerts: what the detectors found, grouped for people, with reasons, risk and a verdict."""
