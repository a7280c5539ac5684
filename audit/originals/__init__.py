"""Opening the sealed original of one event: asked for by one person, agreed to by another, for half an hour."""
