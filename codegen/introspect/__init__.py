"""Upstream packages in, snapshot out. The only part of the generator that imports transformers, torch or megatron.

- `bodies`: functions that mappers and reasons rely on, each with a digest of what it computes
- `canonical`: upstream's types as canonical strings, and its values as JSON
- `catalogue`: which language models transformers has, alone or in composites, and where what classes are refused for
  stands
- `config_reads`: one function or class body: which config attributes it reads, and what other code it mentions
- `definitions`: Python source as upstream ships it: parsed, never run, with its names resolved across modules
- `digests`: what a function computes, as a digest
- `documentation`: what upstream says of a field
- `huggingface`: what a Hugging Face config class looks like, and what its model reads of it
- `megatron`: what a Megatron config dataclass looks like
- `modeling`: which attributes of its config a model reads
- `postinit`: which attributes the `__post_init__` of a config class assigns: found by reading its source
"""

from __future__ import annotations

import importlib.metadata
import traceback
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from codegen.diagnostics import IntrospectionError
from codegen.introspect import bodies, catalogue, huggingface, megatron
from codegen.introspect.canonical import import_path
from codegen.introspect.definitions import DISTRIBUTIONS, is_shipped
from codegen.releases import ReleaseError, require_readable
from codegen.schemas import HfClass, Snapshot


def snapshot(
    hf_classes: Mapping[str, str],
    megatron_classes: Sequence[str],
    symbols: Sequence[str],
    computations: Sequence[str],
    architecture: Collection[str] = (),
) -> Snapshot:
    """Describe those of the named classes that exist, all by import path, and list which symbols and computations do.

    Classes and symbols are sorted by name; the fields of a class are as it declares them.

    Args:
        hf_classes: config classes, and the class of each one's model; an empty one is what the auto classes name.
        megatron_classes: config dataclasses.
        symbols: functions and other constants.
        computations: what classes are refused for.
        architecture: the fields of Megatron that decide what a model computes. Without any, what models share is left
            out too: whoever keeps a table elsewhere takes this project's word for both.

    Raises:
        IntrospectionError: the source of something that a class extends is not found.
        ReleaseError: the installed release declares nothing that could be read.
    """
    versions = {name: importlib.metadata.version(name) for name in DISTRIBUTIONS.values()}
    for name, version in versions.items():
        require_readable(name, version)
    found = (_introspected(path, model or None) for path, model in hf_classes.items())
    known = [kind for kind in found if kind is not None]
    hf = [with_own_bodies(kind) for kind in known]
    shipped = [path for path in megatron_classes if is_shipped(path)]
    targets = [megatron.introspect(path) for path in shipped]
    written = tuple(path for path in sorted(set(computations)) if catalogue.is_written(path))
    return Snapshot(
        versions=versions,
        hf={kind.path: kind for kind in sorted(hf, key=lambda kind: kind.path)},
        megatron={kind.path: kind for kind in sorted(targets, key=lambda kind: kind.path)},
        symbols=tuple(path for path in sorted(set(symbols)) if _exists(path)),
        causal_lm=catalogue.causal_lm(),
        computations=written,
        bodies=(
            {
                **bodies.of_computations(written),
                **bodies.of_megatron(architecture, shipped),
                **{path: body for kind in known for path, body in kind.bodies.items() if not _is_own(path, kind)},
            }
            if architecture
            else {}
        ),
    )


def with_own_bodies(kind: HfClass) -> HfClass:
    """A class without the bodies that it shares with others, as a snapshot holds it."""
    return replace(kind, bodies={path: body for path, body in kind.bodies.items() if _is_own(path, kind)})


def _is_own(path: str, kind: HfClass) -> bool:
    """Whether a body is of a model, as against what serves them all."""
    return path.startswith(("transformers.models.", kind.path.rpartition(".")[0].rpartition(".")[0] + "."))


def readable(hf_classes: Iterable[str]) -> Mapping[str, HfClass]:
    """Those of the config classes that can be described, by import path: what nobody has looked at can be anything."""
    found: dict[str, HfClass] = {}
    for path in hf_classes:
        with suppress(IntrospectionError):
            if (kind := _introspected(path, None)) is not None:
                found[path] = with_own_bodies(kind)
    return found


def _introspected(path: str, model: str | None) -> HfClass | None:
    """A config class; None where it is not shipped. Its module can be anybody's, and can raise whatever it likes."""
    try:
        return huggingface.introspect(path, model) if is_shipped(path) else None
    except (IntrospectionError, ReleaseError):
        raise
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        file, line = (error.filename, error.lineno) if isinstance(error, SyntaxError) else (last.filename, last.lineno)
        said = " ".join(str(error).split())
        told = f"{path} cannot be introspected: {type(error).__name__}: {said} ({file}:{line})"
        raise IntrospectionError(told) from error


def _exists(path: str) -> bool:
    try:
        import_path(path)
    except LookupError:
        return False
    return True
