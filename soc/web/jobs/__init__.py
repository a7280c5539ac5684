"""What works in the background, and how far it is."""
