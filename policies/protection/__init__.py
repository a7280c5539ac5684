"""Protection: which operator a value meets, by level, role and purpose; and the operators."""
