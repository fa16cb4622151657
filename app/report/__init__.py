"""What is shown of a finished run: the card, and the texts around it."""
