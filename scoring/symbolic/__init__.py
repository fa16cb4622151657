"""Handlers read as formulas: what is refused, written and answered, and under which condition."""
