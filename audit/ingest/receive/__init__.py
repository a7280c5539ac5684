"""Receivers of syslog: TCP, TLS and UDP, into the same durable register as HTTP (docs/decisions/027)."""
