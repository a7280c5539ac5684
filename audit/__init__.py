"""Audit room: logs come in, are searched, proven, kept and supervised."""
