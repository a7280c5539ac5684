"""The ledger 一本账: what sensitive data lies where, how grave it is, and who confirmed it."""
