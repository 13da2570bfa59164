"""Parts about mlp."""
