"""The posture of an organisation and those below it: figures, indicators, one score."""
