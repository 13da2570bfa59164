"""Parts about positions."""
