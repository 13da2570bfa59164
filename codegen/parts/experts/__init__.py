"""Parts about experts."""
