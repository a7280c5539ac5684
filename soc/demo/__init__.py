"""A province that does not exist: its data, its people's work, and one theft.

Everything follows from a seed. No person, company, vehicle or number in it is real; check digits are
computed here so that they hold where they should.
"""
