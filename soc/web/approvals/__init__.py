"""The queue of what two persons decide."""
