"""Administration of persons: accounts, roles by two persons, tokens."""
