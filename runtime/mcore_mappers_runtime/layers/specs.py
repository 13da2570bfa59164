"""From the fields of `Layers` to the layer specs from which Megatron's builders make a model.

Each starts from the stock spec, so that whatever layers say nothing of is as it is without them.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from megatron.core.extensions.transformer_engine import (
    TEColumnParallelLinear,
    TELayerNormColumnParallelLinear,
    TENorm,
)
from megatron.core.models.backends import get_backend
from megatron.core.models.gpt.gpt_layer_specs import get_gpt_decoder_block_spec
from megatron.core.models.hybrid.hybrid_block import HybridStack, HybridStackSubmodules
from megatron.core.models.hybrid.hybrid_layer_specs import hybrid_stack_spec
from megatron.core.transformer.spec_utils import ModuleSpec
from megatron.core.transformer.transformer_block import TransformerBlockSubmodules
from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.core.typed_torch import not_none

from ..shown import lines, shown
from . import (
    after_rope,
    bands,
    biases,
    branch_norms,
    chunks,
    glu_clamps,
    head_gates,
    l2_norms,
    latent_rope,
    latents,
    layer_norms,
    norms_by_head,
    output_bias,
    over_heads,
    own_heads,
    own_ropes,
    own_values,
    parallel_mlp,
    residuals,
    rope_factors,
    routers,
    soft_caps,
    sparse_mixer,
    temperature,
)
from .bypasses import bypassed, bypassed_outside
from .change import Change, Parts
from .fields import Layers, misfits
from .layer_norms import builder_of
from .public import public

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig

CHANGES: Final[tuple[Change, ...]] = (
    over_heads.CHANGE,
    after_rope.CHANGE,
    norms_by_head.CHANGE,
    biases.CHANGE,
    latents.CHANGE,
    latent_rope.CHANGE,
    # What is around this changes queries, keys and values that it gives.
    head_gates.CHANGE,
    own_ropes.CHANGE,
    rope_factors.CHANGE,
    routers.CHANGE,
    sparse_mixer.CHANGE,
    # Queries grow by their position in the sequence, which is then cut into chunks, of which values are as wide as they
    # are and scores are capped: what is later here is around what is earlier.
    soft_caps.CHANGE,
    own_values.CHANGE,
    chunks.CHANGE,
    temperature.CHANGE,
    l2_norms.CHANGE,
    # What is inside reads the query groups of its layer.
    own_heads.CHANGE,
    bands.CHANGE,
    layer_norms.CHANGE,
    parallel_mlp.CHANGE,
    glu_clamps.CHANGE,
    output_bias.CHANGE,
    # A branch is normed before it is multiplied: what is later here is around what is earlier.
    residuals.CHANGE,
    branch_norms.CHANGE,
)


def check(layers: Layers, config: TransformerConfig, model: object = None, *, hybrid: bool = False) -> None:
    """Whether a model can have these layers.

    Args:
        layers: what they compute.
        config: the inner config, or a provider that has the fields of both configs in one.
        model: the outer config, or that provider; None where it is not known.
        hybrid: whether the model is a hybrid one.

    Raises:
        ValueError: with everything that is in the way.
    """
    lacking = [complaint for change in CHANGES for complaint in change.lacking(layers, config)]
    outside = [] if model is None else [*bypassed_outside(model), *bands.misplaced(layers, model)]
    wrong = [
        *lacking,
        *(_not_of_hybrids(layers) if hybrid else ()),
        *misfits(layers, config.num_layers),
        *bypassed(config),
        *outside,
    ]
    if wrong:
        raise ValueError(f"a model with layers cannot have:{lines(wrong)}")


AROUND_LAYERS: Final = ("final_logit_softcapping", *output_bias.CHANGE.fields, *bands.CHANGE.fields)
"""Fields of what is built around the layers, by builders and by no spec."""


def check_alone(layers: Layers) -> None:
    """Whether a spec says all that layers compute.

    Raises:
        ValueError: some of it is not in the decoder, but in what is built around that.
    """
    around = [f"{name}={shown(vars(layers)[name])}" for name in layers.present() if name in AROUND_LAYERS]
    if around:
        raise ValueError(
            f"{', '.join(around)}: built around the layers by the builder that get_builder_cls() of the model config "
            "gives, and by nobody who builds a model of a spec of its layers"
        )


def _not_of_hybrids(layers: Layers) -> list[str]:
    present = layers.present()
    return [
        f"{field}={shown(vars(layers)[field])}: no layer of a hybrid model has both branches, or another last norm"
        for change in CHANGES
        for field in change.fields
        if not change.hybrid and field in present
    ]


def changed(layer: ModuleSpec, layers: Layers, parts: Parts) -> ModuleSpec:
    """The spec of a layer with all that `layers` say."""
    for change in CHANGES:
        layer = change.of_layer(layer, layers, parts)
    return layer


@public
@dataclass(frozen=True)
class LayerSpec:
    """The `transformer_layer_spec` of a model with layers. Megatron calls it, for each stage, when it builds the model.

    It gives a spec for each layer of the stage: what the builder does to a spec of one layer for all, it cannot do to
    that.
    """

    layers: Layers

    def __call__(self, config: GPTModelConfig | TransformerConfig, vp_stage: int | None = None) -> Any:
        """The specs of the layers of this stage.

        Args:
            config: the model config, or a provider that has the fields of both configs in one.
            vp_stage: the virtual pipeline stage, if there are several on a rank.

        Returns:
            `TransformerBlockSubmodules`.

        Raises:
            ValueError: as in `check`; fields can have been set since the config was made. Or as in `check_alone`.
        """
        check_alone(self.layers)
        transformer = config if isinstance(config, TransformerConfig) else config.transformer
        check(self.layers, transformer, config)
        own_heads.keep_apart(self.layers, transformer)
        backend = get_backend(transformer.transformer_impl)
        block: TransformerBlockSubmodules = get_gpt_decoder_block_spec(
            transformer,
            use_transformer_engine=transformer.transformer_impl == "transformer_engine",
            normalization=transformer.normalization,
            qk_l2_norm=transformer.qk_l2_norm,
            vp_stage=vp_stage,
        )
        layer_norm = builder_of(self.layers, backend.layer_norm(rms_norm=transformer.normalization == "RMSNorm"))
        parts = Parts(
            config=transformer,
            layer_norm=layer_norm,
            column_parallel_linear=backend.column_parallel_linear(),
            column_parallel_layer_norm_linear=backend.column_parallel_layer_norm_linear(),
        )
        return dataclasses.replace(
            block,
            layer_specs=[changed(layer, self.layers, parts) for layer in not_none(block.layer_specs)],
            layer_norm=block.layer_norm if self.layers.layernorm_bias else layer_norm,
        )


class LayeredHybridStack(HybridStack):
    """A hybrid stack, of layers by symbol that `layers` have changed."""

    def __init__(
        self, config: TransformerConfig, submodules: HybridStackSubmodules, *args: Any, layers: Layers, **kwargs: Any
    ) -> None:
        check_alone(layers)
        check(layers, config, hybrid=True)
        parts = Parts(config, TENorm, TEColumnParallelLinear, TELayerNormColumnParallelLinear)
        by_symbol = {
            name: changed(spec, layers, parts) if isinstance(spec, ModuleSpec) else spec
            for name, spec in vars(submodules).items()
        }
        stock: Any = super()
        stock.__init__(config, HybridStackSubmodules(**by_symbol), *args, **kwargs)


@public
class HybridLayerSpec(ModuleSpec):
    """The `hybrid_stack_spec` of a model with layers.

    Megatron does not call it, but builds its module with its submodules. There is none for layers that predict further
    tokens, which Megatron would make without the layers: of a pattern that has some it makes no model.
    """

    def __init__(self, layers: Layers) -> None:
        stock: Any = hybrid_stack_spec.submodules
        self.module = LayeredHybridStack
        self.params = {"layers": layers}
        self.submodules = dataclasses.replace(stock, mtp_block_spec=None)
        self.metainfo = {}
        self.layers = layers

    def __eq__(self, other: object) -> bool:
        return isinstance(other, HybridLayerSpec) and self.layers == other.layers

    def __hash__(self) -> int:
        return hash(self.layers)

    def __reduce__(self) -> tuple[type[HybridLayerSpec], tuple[Layers]]:
        return HybridLayerSpec, (self.layers,)
