"""Rows that families share, in folders by subject."""
