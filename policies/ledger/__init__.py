"""The ledger's pages and API: what lies where, who may see how much of it, and its owners' word."""
