"""Accounts of logged systems: whose they are and at what post (岗位)."""
