"""The modules that speak of all families: the package itself, dispatch, tables of values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from codegen.emit.elsewhere import FIELDS
from codegen.emit.family import signatures
from codegen.emit.fields import ANY_FIELDS
from codegen.emit.fill import Filling, fill, with_imports
from codegen.functions import Import, imported
from codegen.literals import Symbol, ValueTable, literal
from codegen.plan import Plan
from codegen.text import documentation, literal_text

LAZY = """\
    from mcore_mappers_runtime.composite import text_config
    from mcore_mappers_runtime.diff import Difference, Owner, diff
    from mcore_mappers_runtime.disk import dump, dump_file, load, load_file
    from mcore_mappers_runtime.fields import fields
    from mcore_mappers_runtime.layers.run_configs import allow_in_run_configs
    from mcore_mappers_runtime.load_config import load_config
    from mcore_mappers_runtime.owned import FieldOwner
    from mcore_mappers_runtime.save_config import save_config
    from mcore_mappers_runtime.to_args import to_args

"""
"""Public names that the package imports when they are first used."""

COMMAND = '''\
"""The command `mcore-mappers`, also as `python -m mcore_mappers`."""

from mcore_mappers_runtime.cli.start import main

if __name__ == "__main__":
    main()
'''
"""`__main__.py`: the command is the runtime's, and knows this package because it has been imported by then."""

CPU = '''\
"""What Megatron needs replaced to run on a CPU. Nothing else of the package imports this."""

from mcore_mappers_runtime.cpu import FIELDS, PATCHES, Fields, Patch, patched, ran

__all__ = ["FIELDS", "PATCHES", "Fields", "Patch", "patched", "ran"]
'''
"""`cpu.py`: the runtime's, under the name by which users know it."""

MODULES = ("cpu", "layers", FIELDS)
"""Modules of the package that are no families and public."""


LAYERS = '''\
"""Model configs of models that compute what no field of Megatron's configs says; what stands in checkpoints by name."""

from __future__ import annotations

from mcore_mappers_runtime.layers.builders import LayeredGPTModelBuilder, LayeredHybridModelBuilder
from mcore_mappers_runtime.layers.configs import LayeredGPTModelConfig, LayeredHybridModelConfig
from mcore_mappers_runtime.layers.fields import Layers
from mcore_mappers_runtime.layers.specs import HybridLayerSpec, LayerSpec
from mcore_mappers_runtime.yarn import YarnTransformerConfig

__all__ = [
    "HybridLayerSpec",
    "LayerSpec",
    "LayeredGPTModelBuilder",
    "LayeredGPTModelConfig",
    "LayeredHybridModelBuilder",
    "LayeredHybridModelConfig",
    "Layers",
    "YarnTransformerConfig",
]
'''
"""The module of which the runtime's classes say that they are: Megatron imports them from there by name."""


def init_module(plans: Sequence[Plan], template: str, lazy: str = "") -> str:
    """`__init__.py`: the public names; for type checkers only, the family modules and what is imported `lazy`."""
    modules = sorted((*(plan.family.name for plan in plans), *(MODULES if lazy else ())))
    names = [f"    from . import {name} as {name}\n" for name in modules]
    block = f"from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n{lazy}{''.join(names)}"
    # The `typing` import that the block brought along moves to the others.
    return with_imports(fill(template, Filling(lines={"TYPE_ONLY": [block]})), ())


def dispatch_module(plans: Sequence[Plan], template: str) -> str:
    """`_dispatch.py`: one overload for each config class, and the one that finds a mapper at run time."""
    overloads: list[str] = []
    imports = [
        Import("transformers.configuration_utils", "PreTrainedConfig"),
        Import("megatron.training.models.base", "ModelConfig"),
        Import("typing", "Literal"),
        Import("typing", "Unpack"),
    ]
    for plan in plans:
        target = plan.main.target
        classes = (plan.family.config, target.model_class, target.layered_class)
        imports += [*map(imported, classes), Import(f".{FIELDS}", target.fields)]
        overloads += [f"@overload\n{each}" for each in signatures(plan, plan.main)]
    imports.append(Import(f".{FIELDS}", ANY_FIELDS))
    models = sorted({plan.main.target.model_name for plan in plans})
    overloads.append(
        "@overload\ndef to_megatron(hf: PreTrainedConfig, /, *, strict: bool = False, layers: bool = False, "
        f"**caller: Unpack[{ANY_FIELDS}]) -> {' | '.join(models)}: ..."
    )
    return with_imports(fill(template, Filling(lines={"OVERLOADS": overloads})), (), type_only=imports)


def tables_of(plans: Sequence[Plan]) -> Mapping[str, ValueTable]:
    """The value tables of all families, by name."""
    return {table.name: table for plan in plans for table in plan.tables}


def tables_module(tables: Mapping[str, ValueTable]) -> str:
    """`_tables.py`."""
    symbols = {value.path for table in tables.values() for value in table.values.values() if isinstance(value, Symbol)}
    body = "\n\n".join(_table(table) for _, table in sorted(tables.items()))
    source = (
        '"""Closed sets of Hugging Face values, and what Megatron has for each."""\n\n'
        "from __future__ import annotations\n\nfrom collections.abc import Callable, Mapping\n\n" + body + "\n"
    )
    return with_imports(source, [imported(path) for path in sorted(symbols)], [Import("torch", "Tensor")])


def _table(table: ValueTable) -> str:
    entries = "".join(f"{literal_text(key)}: {literal(value)},\n" for key, value in table.values.items())
    symbols = any(isinstance(value, Symbol) for value in table.values.values())
    plain = {"None" if value is None else type(value).__name__ for value in table.values.values()}
    kind = "Callable[[Tensor], Tensor]" if symbols else " | ".join(sorted(plain))
    return f'{table.name}: Mapping[str, {kind}] = {{\n{entries}}}\n"""{documentation(table.doc)}"""'
