"""Bumps of upstream: replayed from recorded snapshots, and made up."""
