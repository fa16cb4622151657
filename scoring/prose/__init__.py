"""English prose as far as requirements need it: sentences, clauses, bounds, negation."""
