"""Logs on their way in: receivers, spool, register, formats, enrichment, pipeline."""
