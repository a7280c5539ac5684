"""A sixth stranger's tables: neighbours of a province's transport, from the reference alone, committed unrun."""
