"""Searching the logs: the page, the API and the command."""
