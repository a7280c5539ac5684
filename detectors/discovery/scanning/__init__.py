"""Scanning at scale: what to read, by how many processes, what is kept when one of them dies, and what may stay unread."""
