"""Several runs side by side, and published figures as a dated reference."""
