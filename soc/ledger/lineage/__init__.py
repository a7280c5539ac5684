"""Lineage 血缘: which columns a column is made of, read from views, keys, ETL statements and query logs."""
