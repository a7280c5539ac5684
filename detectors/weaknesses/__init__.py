"""Weak spots of the stores (自动化脆弱性扫描): read-only checks, weighed by the data behind them, followed until mended."""
