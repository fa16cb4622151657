"""Rules: the checks and conditions that follow from the rules that an operation cites."""
