"""A fourth stranger's tables: written from the reference alone, committed before anything was run on them."""
