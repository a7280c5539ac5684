"""One suite for every backend behind a port."""
