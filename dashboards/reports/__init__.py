"""Reports on paper: what the posture page says, in a file that stands by itself."""
