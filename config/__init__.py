"""Settings and the default content that ships as data files."""
