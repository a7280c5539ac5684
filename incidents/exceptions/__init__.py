"""Exceptions: what is known to be ordinary raises no alert, until a day, within bounds that two persons agreed on."""
