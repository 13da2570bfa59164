"""A TransformerConfig that declares what Megatron's YaRN reads from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from megatron.core.transformer.transformer_config import TransformerConfig

from .layers.public import public

if TYPE_CHECKING:
    from .rope import YarnAttributes


@public
@dataclass
class YarnTransformerConfig(TransformerConfig):
    """A TransformerConfig for a model whose position embedding is "yarn".

    GPTModel, HybridModel and the attention read these seven attributes with `getattr`, and no class of Megatron
    declares them. Declared, they are part of `fields()`, `==`, `repr`, `replace` and `asdict`. The defaults are those
    of Megatron's YarnRotaryEmbedding.
    """

    yarn_rotary_scaling_factor: float = 1.0
    """How many times longer sequences may be than the original ones."""

    yarn_original_max_position_embeddings: int = 4096
    """Length of the sequences that the model was trained on before YaRN."""

    yarn_beta_fast: float = 32.0
    """Rotations over the original length above which a frequency is left as it is."""

    yarn_beta_slow: float = 1.0
    """Rotations over the original length below which a frequency is divided by the factor."""

    yarn_mscale: float | None = 1.0
    """Numerator's part in the factor of cosines and sines; None for YaRN's own 0.1 * log(factor) + 1."""

    yarn_mscale_all_dim: float | None = 0.0
    """Denominator's part in the factor of cosines and sines; None as in `yarn_mscale`."""

    yarn_correction_range_round_to_int: bool = True
    """Whether the dimensions between which frequencies are blended are rounded to integers."""


def with_yarn(config: TransformerConfig, yarn: YarnAttributes | None) -> TransformerConfig:
    """`config` itself if `yarn` is None, else a YarnTransformerConfig with everything that `config` holds.

    `__post_init__` is not run again: what it derived is taken over, and it does not read the attributes of YaRN.

    Raises:
        TypeError: `config` is of a subclass, whose fields the result could not hold. Multi-latent attention has YaRN
            fields of its own.
    """
    if yarn is None:
        return config
    if type(config) is not TransformerConfig:
        raise TypeError(f"with_yarn() takes a TransformerConfig, not {type(config).__qualname__}")
    result = YarnTransformerConfig.__new__(YarnTransformerConfig)
    # Not only the fields: __post_init__ may leave attributes that are none.
    vars(result).update(vars(config))
    vars(result).update(vars(yarn))
    return result
