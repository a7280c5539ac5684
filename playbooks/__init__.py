"""Playbooks: CACAO documents, the engine that runs them, and the acts they may do."""
