"""What Megatron needs replaced to run on a CPU. Nothing else of the package imports this."""

from mcore_mappers_runtime.cpu import FIELDS, PATCHES, Fields, Patch, patched, ran

__all__ = ["FIELDS", "PATCHES", "Fields", "Patch", "patched", "ran"]
