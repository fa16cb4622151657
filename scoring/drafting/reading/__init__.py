"""Sentences as acts: who does what to which thing, in which state, and what comes of it."""
