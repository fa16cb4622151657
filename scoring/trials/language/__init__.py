"""JavaScript, as far as tests are written in it: values, expressions, statements, calls."""
