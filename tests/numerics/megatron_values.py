"""Other values for a field of Megatron's: by its type in the snapshot, or by hand where a type says too little."""

from __future__ import annotations

import ast
import tempfile
from collections.abc import Mapping
from contextlib import nullcontext
from enum import Enum
from importlib import import_module
from typing import Any

import torch
from megatron.core.activations import squared_relu
from megatron.core.models.gpt.gpt_layer_specs import get_gpt_decoder_block_spec
from megatron.core.quantization.quant_config import RecipeConfig
from megatron.training.models import hybrid as hybrid_builder
from torch.nn import functional

from codegen.schemas import MegatronField
from codegen.types import atoms

# Removed when the tests end.
_LOGS = tempfile.TemporaryDirectory()


def other_values(field: MegatronField, current: object) -> tuple[object, ...]:
    """What else the field may hold; never the value that it has."""
    by_hand = _by_hand()
    values = by_hand[field.name] if field.name in by_hand else _generic(field, current)
    return tuple(value for value in values if type(value) is not type(current) or value != current)


def _generic(field: MegatronField, current: object) -> tuple[object, ...]:
    alternatives = atoms(field.type)
    values: list[object] = []
    for atom in sorted(alternatives):
        if atom == "bool":
            values += [True, False]
        elif atom in ("int", "float"):
            values += _numbers(atom, current)
        elif atom == "torch.dtype":
            values += [torch.float64, torch.bfloat16]
        elif atom.startswith("Callable"):
            values.append(first_argument)
        elif atom.startswith("megatron.core.transformer.enums."):
            module, _, name = atom.rpartition(".")
            kind: type[Enum] = getattr(import_module(module), name)
            values += list(kind)
        elif atom == "None" and current is not None:
            values.append(None)
        elif atom.startswith(("'", '"')) or atom.isdigit():
            values.append(ast.literal_eval(atom))
    return tuple(values)


def _numbers(kind: str, current: object) -> list[object]:
    if isinstance(current, bool) or not isinstance(current, int | float):
        return [2 if kind == "int" else 0.5]
    if kind == "int":
        return [int(current) + 1, 2 * int(current)]
    # One that could be a probability, and one that could be a factor.
    return [0.25 if current == 0.5 else 0.5, 2.0 * current + 1.0]


def first_argument(*arguments: Any, **keywords: Any) -> Any:
    """A function for any purpose: initialises nothing, scales nothing, replaces nothing."""
    return arguments[0] if arguments else None


def _local_layers(config: Any) -> Any:
    return get_gpt_decoder_block_spec(config.transformer, use_transformer_engine=False)


def _by_hand() -> Mapping[str, tuple[object, ...]]:
    """A function, because one of the values is put in place by an emulation."""
    return {
        # Names that only code knows.
        "cp_comm_type": ("a2a", ["p2p", "a2a"]),
        "moe_router_load_balancing_type": (
            "none",
            "aux_loss",
            "seq_aux_loss",
            "global_aux_loss",
            "sinkhorn",
            "quantile_balancing",
        ),
        "recompute_modules": (
            ["core_attn"],
            ["mlp"],
            ["layernorm"],
            ["mla_up_proj"],
            ["moe"],
            ["shared_experts"],
            ["moe_act"],
        ),
        "offload_modules": (["core_attn"], ["moe_act"]),
        "fp8_quantizer_factory": ("builtins.dict",),
        "fp4_quantizer_factory": ("builtins.dict",),
        "hybrid_layer_pattern": ("M*-E", "M-|*E"),
        # Off as well as None.
        "moe_router_padding_for_quantization": (True,),
        "rope_type": ("rope", "yarn"),
        # Structured ones.
        "config_logger_dir": (_LOGS.name,),
        "hierarchical_context_parallel_sizes": ([1, 1],),
        "pipeline_model_parallel_layout": ("EttL", [["embedding", "decoder", "decoder", "loss"]]),
        "quant_recipe": (RecipeConfig([], {}),),
        "tp_comm_overlap_cfg": ({},),
        "extra_checkpoint_metadata": ({"run": 1},),
        # Layers of the caller's own that are the stock ones: what any others do is the caller's business.
        "transformer_layer_spec": (_local_layers,),
        "hybrid_stack_spec": (hybrid_builder.default_hybrid_stack_spec,),
        "pre_wrap_hooks": ([first_argument],),
        "post_wrap_hooks": ([first_argument],),
        "no_sync_func": (nullcontext,),
        # Architecture.
        "activation_func": (functional.gelu, squared_relu),
        "window_size": ((3, 0),),
        "mrope_section": ([4, 4, 4],),
        "moe_layer_freq": (2, [1, 0], [0, 1]),
        "linear_attention_freq": ([0, 1],),
        "no_rope_freq": (2, [1, 0]),
        "window_attn_skip_freq": (2, [1, 0]),
    }
