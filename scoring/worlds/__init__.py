"""Worlds: what a database holds and a request brings, and what a handler does there."""
