"""Saved views: a person's own names for lists as they narrowed them, theirs alone or their organisation's too."""
