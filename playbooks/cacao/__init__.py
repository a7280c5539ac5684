"""CACAO Security Playbooks 2.0: reading, judging, keeping and signing the documents.

Source: OASIS CACAO Security Playbooks Version 2.0, Committee Specification 01, 27 November 2023.
"""
