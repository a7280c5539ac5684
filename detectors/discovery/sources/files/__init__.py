"""Files of every kind: known by their first bytes, read as tables or as documents; one module a format."""
