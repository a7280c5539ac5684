"""How well discovery does: made-up tables and texts with known answers, in two halves that share nothing.

``development`` may be looked at and mended against; ``heldout`` has other words for headers, other
table families, other styles of names and numbers, other sentences and other seeds, and is for reporting.
Nothing here reads the recognizers' own definitions, so that a mistake in them cannot hide itself.
"""
