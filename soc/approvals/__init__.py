"""The two-person rule: one proposes, another approves exactly what was proposed."""
