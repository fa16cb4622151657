"""Runs as people see them: their progress while they go, and the list of those on disk."""
