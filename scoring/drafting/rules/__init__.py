"""Rules of a request: who does what to which thing, when it is refused, and what follows."""
