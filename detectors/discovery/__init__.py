"""Discovery: what lies in which column of which source, and what stands in a sentence."""
