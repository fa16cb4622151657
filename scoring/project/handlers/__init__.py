"""Handlers of routes, and the libraries for data that they call."""
