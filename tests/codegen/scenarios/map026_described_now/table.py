"""A family for a class of the project's own, of whose type upstream has a class now."""

from __future__ import annotations

from dataclasses import replace

from tests.codegen.scenarios.toys import family, snapshot

SNAPSHOT = replace(snapshot((), inner=()), causal_lm={"toy": "toy_transformers.configuration_toy.LaterToyConfig"})
OWNERS = ()
FAMILY = family()
