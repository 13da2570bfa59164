"""Which attributes of its config a model reads: found by following the modeling code from its `...ForCausalLM` class.

What counts as reached, and why no more:

- A class or function of a model's own modules counts as soon as reached code mentions it by name, with all of its
  methods. Heads for other tasks are never mentioned by the causal LM, so they drop out by themselves.
- Shared modules (`masking_utils`, `modeling_utils`, ...) serve every model, so there only the functions that the
  model mentions count, what those mention in the same module, and of base classes the methods that are called.
- `generation` is not followed: it is about sampling. Its hooks on the model, the caches, and checks that only warn
  or choose a kernel are *secondary*: such a read keeps a field from being called dead, but it alone does not make
  an attribute worth a verdict.
- A branch that `hasattr` excludes for the config at hand is not taken.
- What a class extends must be found, or be of torch or of the standard library, which know nothing of configs. What
  code mentions must be found where it is imported from transformers or from the model's own package.
"""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from codegen.diagnostics import IntrospectionError
from codegen.introspect.bodies import body
from codegen.introspect.config_reads import ConfigFacts, Read, Reference, foreign, scan
from codegen.introspect.definitions import (
    Definition,
    Elsewhere,
    Found,
    FunctionNode,
    Module,
    bases,
    load,
    methods,
    parameters,
    resolve,
    trace,
)
from codegen.schemas import Body

# Called by torch or by `PreTrainedModel` on any model, without a mention in its own code.
_CALLED_BY_FRAMEWORK = ("__call__", "__init__", "_init_weights", "forward", "post_init")

_SECONDARY_MODULES = frozenset({"transformers.cache_utils"})
_SECONDARY_METHODS = frozenset(
    {
        "_check_and_adjust_attn_implementation",
        "_check_and_adjust_experts_implementation",
        "_prepare_cache_for_generation",
        "_reorder_cache",
        "_update_model_kwargs_for_generation",
        "create_masks_for_generate",
        "prepare_inputs_for_generation",
        "warn_if_padding_and_no_attention_mask",
    }
)

# Methods of models for first weights, which a checkpoint replaces.
_AROUND = frozenset({"_init_weights"})

# Of what models share: what computes, as against what builds, loads, logs and captures.
_COMPUTE = (
    "transformers.activations",
    "transformers.integrations.moe",
    "transformers.masking_utils",
    "transformers.modeling_rope_utils",
    "transformers.pytorch_utils",
)

# Other causes than the model's mathematics: sampling, choosing a class by config, writing docstrings.
_NOT_FOLLOWED = ("transformers.generation", "transformers.models.auto", "transformers.utils.auto_docstring")

# The one part of the config classes that modeling code calls back into, to complete what `rope_parameters` lacks.
_ROPE_MIXIN = ("transformers.modeling_rope_utils", "RotaryEmbeddingConfigMixin")


@dataclass(frozen=True, eq=False)
class _Unit:
    """A piece of reached code, and the class to whose methods its `self` and `super()` lead."""

    module: Module
    node: Definition
    reader: str
    owner: Found | None
    secondary: bool
    self_is_config: bool = False


def reads(causal_lm: str, config: ConfigFacts) -> tuple[Read, ...]:
    """Every read of a config attribute in the code that `causal_lm` (an import path) reaches, sorted, once each.

    Raises:
        IntrospectionError: there is no source of what a class extends or code mentions, whose reads would be missing.
        LookupError: there is no source of the model.
    """
    return tuple(sorted(_walked(_start(causal_lm), config).found, key=repr))


def bodies(causal_lm: str, config: ConfigFacts) -> Mapping[str, Body]:
    """Every function and method that `causal_lm` runs and that computes something, by import path.

    Raises:
        LookupError: there is no source of the model.
    """
    return _walked(_start(causal_lm), config).bodies


def _start(causal_lm: str) -> Found:
    module, _, name = causal_lm.rpartition(".")
    found = resolve(module, name)
    if found is None:
        raise LookupError(f"no source for {causal_lm}")
    return found


@cache
def _walked(start: Found, config: ConfigFacts) -> _Walk:
    walk = _Walk(start, config)
    walk.run()
    return walk


class _Walk:
    """A work list of units; secondary ones come last, so that what is reached both ways counts in full."""

    def __init__(self, start: Found, config: ConfigFacts) -> None:
        self.found: set[Read] = set()
        self.bodies: dict[str, Body] = {}
        self._config = config
        self._package = start.module.name.rpartition(".")[0]
        self._top = self._package.partition(".")[0]
        self._seen: set[int] = set()
        self._pending: deque[_Unit] = deque()
        self._secondary: deque[_Unit] = deque()
        self._enter(start, secondary=False)

    def run(self) -> None:
        while queue := self._pending or self._secondary:
            unit = queue.popleft()
            if id(unit.node) in self._seen:
                continue
            self._seen.add(id(unit.node))
            self._note(unit)
            owner = unit.owner.node if unit.owner is not None else None
            result = scan(
                unit.node,
                config=self._config,
                reader=unit.reader,
                secondary=unit.secondary,
                self_is_config=unit.self_is_config,
                owner=owner if isinstance(owner, ast.ClassDef) else None,
            )
            self.found |= result.reads
            for reference in result.references:
                self._follow(unit, reference)

    def _note(self, unit: _Unit) -> None:
        """Keep the body of what computes."""
        computes = self._own(unit.module) or unit.module.name.startswith(_COMPUTE)
        if not computes or unit.secondary or not isinstance(unit.node, FunctionNode) or unit.node.name in _AROUND:
            return
        holder = (unit.owner.name,) if unit.owner is not None else ()
        self.bodies[".".join((unit.module.name, *holder, unit.node.name))] = body(unit.node, unit.module)

    def _follow(self, unit: _Unit, reference: Reference) -> None:
        match reference.kind:
            case "name":
                self._follow_name(unit, reference.name)
            case "self":
                if unit.owner is not None:
                    self._enter_method(unit.owner, reference.name, unit.secondary, above=False)
            case "super":
                if unit.owner is not None:
                    self._enter_method(unit.owner, reference.name, unit.secondary, above=True)
            case "config":
                mixin = resolve(*_ROPE_MIXIN)
                if mixin is not None:
                    self._enter_method(mixin, reference.name, unit.secondary, above=False, self_is_config=True)

    def _follow_name(self, unit: _Unit, name: str) -> None:
        found = trace(unit.module.name, name)
        if isinstance(found, Found):
            if self._own(unit.module) or found.module is unit.module:
                self._enter(found, unit.secondary)
        elif self._own(unit.module) and self._is_lost(unit.module, name, found):
            raise IntrospectionError(
                f"{unit.module.file}: {unit.reader} mentions {name}, and there is no source of {found.path}: what it "
                "reads of a config would not be seen. Import it from the module that defines it"
            )

    def _is_lost(self, module: Module, name: str, found: Elsewhere) -> bool:
        """The name is imported from what is followed, and is not there; it is no module either."""
        imported = name.partition(".")[0] in module.imports
        return imported and found.path.startswith((f"{self._top}.", "transformers.")) and load(found.path) is None

    def _enter(self, found: Found, secondary: bool) -> None:
        if not self._followed(found.module):
            return
        node = found.node
        if not isinstance(node, ast.ClassDef):
            self._add(_Unit(found.module, node, self._reader(found), None, secondary))
        elif not self._own(found.module):
            for name in _CALLED_BY_FRAMEWORK:
                self._enter_method(found, name, secondary, above=False)
        elif not self._for_part(found):
            self._enter_own_class(found, node, secondary)

    def _enter_own_class(self, found: Found, node: ast.ClassDef, secondary: bool) -> None:
        self._add(_Unit(found.module, node, found.name, found, secondary))
        for name in methods(node):
            self._enter_method(found, name, secondary, above=False)
        for base in _bases(found):
            if self._own(base.module):
                self._enter(base, secondary)
        for name in _CALLED_BY_FRAMEWORK:
            self._enter_method(found, name, secondary, above=False)

    def _enter_method(
        self, owner: Found, name: str, secondary: bool, *, above: bool, self_is_config: bool = False
    ) -> None:
        hit = _lookup(owner, name, above)
        if hit is None or not self._followed(hit[0].module):
            return
        declaring, node = hit
        secondary = secondary or name in _SECONDARY_METHODS
        unit = _Unit(declaring.module, node, self._reader(declaring), declaring, secondary, self_is_config)
        self._add(unit)

    def _add(self, unit: _Unit) -> None:
        if unit.secondary or unit.module.name in _SECONDARY_MODULES:
            self._secondary.append(replace(unit, secondary=True))
        else:
            self._pending.append(unit)

    def _reader(self, found: Found) -> str:
        if self._own(found.module):
            return found.name
        return f"{found.module.name.removeprefix(self._top + '.')}.{found.name}"

    def _own(self, module: Module) -> bool:
        """A module of a model, as against one that serves them all. A model may borrow from another model's."""
        return module.name.startswith(("transformers.models.", self._package + "."))

    def _followed(self, module: Module) -> bool:
        name = module.name
        # What a config class reads of itself is its own business; only the rope mixin lives elsewhere.
        is_config = name.rpartition(".")[2].startswith("configuration_")
        # A model that is kept elsewhere is made of transformers' parts all the same.
        followed = name.partition(".")[0] in (self._top, "transformers")
        return followed and not is_config and not name.startswith(_NOT_FOLLOWED)

    def _for_part(self, found: Found) -> bool:
        """The class is built from a sub-config of a composite config: its reads are not of the config at hand."""
        hit = _lookup(found, "__init__", above=False)
        return hit is not None and any(foreign(parameter, self._config) for parameter in parameters(hit[1]))


@cache
def _bases(found: Found) -> tuple[Found, ...]:
    """What a class extends, less what knows nothing of configs."""
    packages = sorted({found.module.name.partition(".")[0], "transformers"})
    followed: list[Found] = []
    for written, base in bases(found):
        if isinstance(base, Found) and base.module.name.partition(".")[0] in packages:
            followed.append(base)
        elif isinstance(base, Found) or not base.is_foreign:
            raise IntrospectionError(
                f"{found.module.file}: {found.name} extends {written}, and {base.path} is no class in the source of "
                f"{' or '.join(packages)}: what it reads of a config would not be seen. Extend a class of these, by a "
                "name that is defined or imported at the top of the module"
            )
    return tuple(followed)


def _lookup(owner: Found, name: str, above: bool) -> tuple[Found, FunctionNode] | None:
    """The method that `self.name` (`super().name` with `above`) means in a class: depth first, as good as the MRO."""
    if not above and isinstance(owner.node, ast.ClassDef) and name in (own := methods(owner.node)):
        return owner, own[name]
    for base in _bases(owner):
        if (hit := _lookup(base, name, above=False)) is not None:
            return hit
    return None
