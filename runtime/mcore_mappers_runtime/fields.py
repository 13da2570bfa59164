"""From a Megatron config to its fields by name, for classes that have those of both configs in one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, get_args

from .equal import class_of, flat, held_layers, is_model_config, same_value
from .layered import no_layers, spec_of
from .owned import FieldOwner, defaults, owned, owners_of
from .ranges import REQUIRED
from .unread import unread

if TYPE_CHECKING:
    from megatron.training.models.base import ModelConfig


def fields(model: ModelConfig, /, *, owners: Sequence[FieldOwner] = ("architecture",)) -> dict[str, object]:
    """The fields of a model config, outer and inner ones together, as keywords: `GPTModelProvider(**fields(model))`.

    Every field that Megatron reads in the model is there, also where its value is Megatron's default: a provider may
    have another one, and what overrides a wrong config has to say what is right. Fields that nothing in it reads
    are left out, and so is what Megatron derives.

    The suggested fields are left out unless they are asked for. Without them Megatron's defaults train the model, or
    those of the class that takes the keywords: a dropout of 0.1 in attention and residuals among them, and float32.

    Of a model with YaRN there are the seven `yarn_*` attributes that Megatron's models read from the inner config and
    no class of Megatron declares. Megatron-Bridge's GPTModelProvider declares them; where a class does not, as its
    HybridModelProvider, they are set as attributes of what was made from the rest.

    Of a model with layers there is `transformer_layer_spec` (of a hybrid one `hybrid_stack_spec`), which builds them.

    Args:
        model: a Megatron model config.
        owners: whose fields are wanted.

            - architecture: what decides the model. Nobody else has a say in them.
            - suggested: what training chooses, and for which the checkpoint has a good value.
            - caller: parallelism, precision of communication and all that is the trainer's, where it differs from
              Megatron's default.

    Raises:
        TypeError: `model` is no Megatron model config.
        ValueError: there is no such owner.
    """
    if not is_model_config(model):
        raise TypeError(f"fields() takes a Megatron model config, not {class_of(model)}")
    for owner in owners:
        if owner not in get_args(FieldOwner):
            raise ValueError(f"owners has {owner!r}, which is none of {', '.join(get_args(FieldOwner))}")
    table, values, usual = owners_of(model), flat(model), defaults(model)
    # Megatron derives from what it wants of every model, whether or not this one reads it.
    not_read = unread(values, table.architecture) - REQUIRED
    if "suggested" not in owners and values.get("hybrid_layer_pattern") is not None:
        # Its layers that predict further tokens go with `mtp_num_layers`.
        values["hybrid_layer_pattern"] = str(values["hybrid_layer_pattern"]).partition("/")[0]
    found = {
        name: values[name]
        for name, owner in owned(model, values, table).items()
        if owner in owners
        and not (owner == "architecture" and name in not_read)
        and not (owner == "caller" and same_value(values[name], usual[name]))
    }
    if held_layers(model) is None or "architecture" not in owners:
        return found
    # Whoever builds the model of its fields is told the layers by what they are built of.
    return {**{name: value for name, value in found.items() if name not in no_layers()}, **spec_of(model)}
