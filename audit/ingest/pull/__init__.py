"""Logs that are fetched where they lie: an OpenSearch index, a bucket (docs/decisions/036)."""
