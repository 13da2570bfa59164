"""Parts about decoder."""
