"""Masked copies: discovery says what the columns hold, the protection policy what happens to them."""
