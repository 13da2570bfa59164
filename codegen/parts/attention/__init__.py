"""Parts about attention."""
