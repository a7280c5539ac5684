"""The trial of all detectors together: leaks hidden in a province's work, and a day's budget of looks."""
