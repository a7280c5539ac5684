"""A fifth stranger's tables: other systems of a province's transport, from the reference alone, committed unrun."""
