"""Tables and texts by an author who had not read the recognizers, to measure them as a stranger's data would."""
