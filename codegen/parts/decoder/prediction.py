"""Layers that predict further tokens, which checkpoints have and transformers does not build."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from codegen.table import Attribute, Computed, Inverse, Local, Older, Part, further_layers

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig

    from mcore_mappers_runtime.carried import LEFT_OUT, LeftOut
    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.kernels import PipelineFields, mtp_layers
    from mcore_mappers_runtime.prediction import prediction_layers


class PredictingConfig(Protocol):
    """A config that counts such layers."""

    num_mtp_layers: int


def mtp_num_layers(hf: PredictingConfig, caller: PipelineFields) -> int | None:
    return mtp_layers(hf.num_mtp_layers, caller)


def num_mtp_layers_of(transformer: TransformerConfig) -> int:
    return prediction_layers(transformer)


COUNTED_MTP: Final = Part(
    rows=(
        *further_layers("num_mtp_layers"),
        Computed(
            "mtp_num_layers",
            mtp_num_layers,
            "Checkpoints have them; transformers does not build them.",
            inverse=(Inverse("num_mtp_layers", num_mtp_layers_of),),
        ),
    ),
)
"""As many layers of prediction as `num_mtp_layers` says."""


MTP_UNDECLARED: Final = Older(
    "num_mtp_layers", "5.14.0", Attribute("num_nextn_predict_layers", 1), "The class did not declare it."
)
"""What older classes with `COUNTED_MTP` did."""


def predicting(check: Check) -> int:
    return check.undeclared_layers("num_nextn_predict_layers")


def predicting_layers(predicting: int, caller: PipelineFields) -> int | None:
    return mtp_layers(predicting, caller)


def predicting_back(transformer: TransformerConfig) -> int | LeftOut:
    return prediction_layers(transformer) or LEFT_OUT


REMOTE_MTP: Final = Part(
    rows=(
        Local(
            "predicting",
            predicting,
            remote="num_nextn_predict_layers",
            why="MiMo's code has this class and layers that predict further tokens",
        ),
        Computed(
            "mtp_num_layers",
            predicting_layers,
            "Checkpoints of MiMo have them; transformers does not build them.",
            inverse=(Inverse("num_nextn_predict_layers", predicting_back),),
        ),
    ),
)
"""As many layers of prediction as a key says that remote code alone knows."""
