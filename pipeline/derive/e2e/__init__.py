"""Tests, derived: from sketches, and those that need none."""
