"""Interfaces that the logs show: counted from what came in, raised where nobody registered one that gives out graded data."""
