"""What left, and how slowly: exposure in rows and in persons, and leaks that drip."""
