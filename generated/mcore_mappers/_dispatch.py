"""`to_megatron` for any config: the mapper is found by the exact class."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, overload

from ._errors import Refusal, UnsupportedConfigError
from ._registry import FAMILIES

if TYPE_CHECKING:
    from typing import Unpack

    from megatron.training.models.base import ModelConfig
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig
    from transformers.configuration_utils import PreTrainedConfig
    from transformers.models.deepseek_v3.configuration_deepseek_v3 import DeepseekV3Config
    from transformers.models.llama.configuration_llama import LlamaConfig
    from transformers.models.nemotron_h.configuration_nemotron_h import NemotronHConfig
    from transformers.models.qwen3_moe.configuration_qwen3_moe import Qwen3MoeConfig

    from ._fields import AnyFields, GPTFields, GPTMLAFields, HybridFields


@overload
def to_megatron(hf: DeepseekV3Config, /, *, strict: bool = False, **caller: Unpack[GPTMLAFields]) -> GPTModelConfig: ...
@overload
def to_megatron(hf: LlamaConfig, /, *, strict: bool = False, **caller: Unpack[GPTFields]) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: NemotronHConfig, /, *, strict: bool = False, **caller: Unpack[HybridFields]
) -> HybridModelConfig: ...
@overload
def to_megatron(hf: Qwen3MoeConfig, /, *, strict: bool = False, **caller: Unpack[GPTFields]) -> GPTModelConfig: ...
@overload
def to_megatron(hf: PreTrainedConfig, /, *, strict: bool = False, **caller: Unpack[AnyFields]) -> ModelConfig: ...


def to_megatron(hf: PreTrainedConfig, /, *, strict: bool = False, **caller: Any) -> ModelConfig:
    """The Megatron config of the same model.

    Args:
        hf: a config of one of the mapped classes, see `families()`; not of a subclass, which may mean something else.
        strict: refuse where a deviation is declared, instead of warning.
        **caller: Megatron's training-time fields; they win over what the mapper suggests.

    Raises:
        UnsupportedConfigError: no family maps this class, or no Megatron config computes the same.
        TypeError: `hf` is no Hugging Face config, or a keyword is unknown or decided by `hf`.

    Warns:
        DeviationWarning: the models differ in a declared constant that no Megatron config reaches.
    """
    path = f"{type(hf).__module__}.{type(hf).__qualname__}"
    for family in FAMILIES.values():
        if family.config_class == path:
            mapper: Callable[..., ModelConfig] = import_module(f".{family.name}", __package__).to_megatron
            return mapper(hf, strict=strict, **caller)
    raise _unmapped(hf, path)


def _unmapped(hf: object, path: str) -> Exception:
    from transformers.configuration_utils import PreTrainedConfig

    if not isinstance(hf, PreTrainedConfig):
        return TypeError(f"to_megatron() takes a Hugging Face config, not {type(hf).__qualname__}")
    mapped = ", ".join(f"{family.name} ({family.config_class.rpartition('.')[2]})" for family in FAMILIES.values())
    return UnsupportedConfigError(None, (Refusal("class", path, f"no family maps this class; mapped are: {mapped}"),))
