"""Nested lists: rows, or keys that rows join, that are given and shown with another row."""
