"""A third stranger's tables: written from the reference alone, before anything was run on them; the dirt is partly the second's."""
