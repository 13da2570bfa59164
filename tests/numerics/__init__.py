"""Comparisons by logits, and what they are made of."""

from tests.numerics.extension import stand_in

# Megatron looks for Transformer Engine when it is first imported.
stand_in()
