"""Consistency: what must hold within each finished AST, and between the stages."""
