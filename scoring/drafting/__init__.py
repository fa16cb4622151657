"""Drafts of briefs: what a request's text says, for a person to confirm."""
