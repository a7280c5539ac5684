"""Two-way exchange with the catalogues that exist: export, import, and a merge that never overwrites."""
