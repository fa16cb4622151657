"""The service that a brief describes: its rows, what it refuses, what it answers."""
