"""Types of remote code of which upstream has classes now: read as others, refused, and said to be native in error."""

from __future__ import annotations

from dataclasses import replace

from codegen.table import RefusedClass, Remote, Since
from tests.codegen.scenarios.toys import family, snapshot

PATH = "toy_transformers.configuration_toy"
TYPES = ("toy", "toy_early", "toy_known", "toy_new", "toy_strange")
SNAPSHOT = replace(
    snapshot((), inner=()),
    causal_lm={**dict.fromkeys(TYPES, f"{PATH}.ToyConfig"), "toy_gated": f"{PATH}.GatedConfig"},
    computations=(f"{PATH}.GatedConfig",),
)
OWNERS = ()
FAMILY = replace(family(), since=Since("2.0.0", "There was no such class."))
REFUSED_CLASSES = (RefusedClass("toy_gated", f"{PATH}.GatedConfig", f"{PATH}.GatedConfig", "a gate"),)


def remote(model_type: str, since: str = "") -> Remote:
    return Remote(model_type, "toy", "The same code.", architectures=(), native_since=since)


REMOTE = (
    remote("toy_early", "1.0.0"),
    remote("toy_foreign"),
    remote("toy_gated", "2.0.0"),
    remote("toy_gone", "2.0.0"),
    remote("toy_known", "2.0.0"),
    remote("toy_new"),
)
REFUSED_REMOTE = {"toy_odd": "nobody has looked at its code", "toy_strange": "nobody has looked at its code"}
