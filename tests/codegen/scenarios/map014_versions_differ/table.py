"""The snapshot is of other versions than those that are installed; what is not installed is not compared."""

from __future__ import annotations

from tests.codegen.scenarios.toys import family, snapshot

SNAPSHOT = snapshot((), inner=())
INSTALLED = {"transformers": "5.1"}
OWNERS = ()
FAMILY = family()
