"""How a row is written for a class that no Megatron config can be."""

from __future__ import annotations

from codegen.table import Guard, RefusedClass


def refused(
    model_type: str,
    config: str,
    computation: str,
    why: str,
    *fields: Guard,
    package: str = "",
    module: str = "",
) -> RefusedClass:
    """A row for a class of `transformers.models.PACKAGE`, whose folder and modules are named as the type by default."""
    package = package or model_type.replace("-", "_")
    module = module or package
    return RefusedClass(
        name=model_type.replace("-", "_"),
        config_class=f"transformers.models.{package}.configuration_{module}.{config}",
        computation=f"transformers.models.{package}.modeling_{module}.{computation}",
        why=why,
        fields=fields,
    )
