"""Backtests: a rule over what is stored, as a job, before anybody puts it in force."""
