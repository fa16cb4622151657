"""Whether a document states a rule of the brief."""
