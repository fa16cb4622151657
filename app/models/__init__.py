"""Models as people choose them."""
