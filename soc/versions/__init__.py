"""Documents with versions: proposed, checked, tried, approved by a second person, rolled back."""
