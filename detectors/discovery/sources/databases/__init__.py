"""Databases and indices, one module a family: how each is connected to, listed, sampled and streamed."""
