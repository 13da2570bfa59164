"""The generator: upstream classes and hand-written rules in, typed mapper functions out."""
