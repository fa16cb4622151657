"""The services of the backend: one for each resource, one method for each operation."""
