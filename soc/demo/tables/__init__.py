"""The province's tables, one module a domain; each offers ``tables(world)``."""
