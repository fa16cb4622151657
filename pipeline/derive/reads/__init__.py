"""What answers hold beside the columns of a row, and what they are asked by."""
