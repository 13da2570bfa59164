"""Parts about recurrent."""
