"""What callers see of rows: columns, details beside them, and lists of what belongs to them."""
