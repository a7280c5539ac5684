"""Backup and restore of a whole installation, with the trail's root proven before and after."""
