"""Derivation: what follows from the forms and is therefore never asked of the model."""
