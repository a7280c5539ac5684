"""Masked copies of databases and files: the same shape, the same joins, nothing that identifies."""
