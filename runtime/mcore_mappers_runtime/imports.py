"""Imports all that mappers need of upstream, in one thread alone.

Megatron's modules import one another in circles. Threads that enter a circle at different places would find modules of
which another has done a part. Of this module Python lets them wait for the one that imports it.
"""

from __future__ import annotations

from importlib import import_module

for _module in ("transformers.configuration_utils", "megatron.training.models.hybrid"):
    import_module(_module)
