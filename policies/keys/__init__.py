"""Keys as a policy administrator sees them: which there are, and their rotation by two persons."""
