"""The dashboards room."""
