"""Models in parts on several processes: process groups of some sizes, what a CPU lacks, and which weight is which."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any
from unittest.mock import patch

import torch
from megatron.core import parallel_state
from megatron.core.dist_checkpointing.dict_utils import nested_values
from megatron.core.dist_checkpointing.mapping import ShardedTensor, apply_factories
from megatron.core.process_groups_config import ProcessGroupCollection
from megatron.core.transformer import multi_latent_attention
from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.core.transformer.utils import make_sharded_tensors_for_checkpoint
from megatron.core.typed_torch import not_none
from torch import Tensor

from tests.numerics import kernels
from tests.numerics.runtime import MegatronConfig

SIZES = (
    "tensor_model_parallel_size",
    "pipeline_model_parallel_size",
    "virtual_pipeline_model_parallel_size",
    "context_parallel_size",
    "expert_model_parallel_size",
    "expert_tensor_parallel_size",
)

Sizes = tuple[int | None, ...]


def sizes(config: MegatronConfig) -> Sizes:
    """Of Megatron's process groups, in the order of `SIZES`."""
    return tuple(getattr(config.transformer, name) for name in SIZES)


class Groups:
    """Megatron's default process groups. Those of the same sizes are made once, and put back when they are asked for.

    Megatron makes some forty of them, and none of their threads ends before its process does.
    """

    def __init__(self) -> None:
        self._made: dict[Sizes, dict[str, object]] = {}

    def of(self, wanted: Sizes = ()) -> ProcessGroupCollection:
        """Groups of these sizes, in the order of `SIZES`; of one rank without any."""
        if wanted not in self._made:
            parallel_state.destroy_model_parallel()
            parallel_state.initialize_model_parallel(**dict(zip(SIZES, wanted, strict=False)))
            self._made[wanted] = {name: value for name, value in vars(parallel_state).items() if name.isupper()}
        vars(parallel_state).update(self._made[wanted])
        return ProcessGroupCollection.use_mpu_process_groups()


def split_mamba_norms() -> AbstractContextManager[Any]:
    """The harness's gated norm does not say how it is split. This is `ExtendedRMSNorm`'s, which needs mamba-ssm."""

    def sharded_state_dict(
        norm: kernels.GatedRMSNorm, prefix: str, sharded_offsets: Any = (), metadata: Any = None
    ) -> dict[str, Any]:
        return make_sharded_tensors_for_checkpoint(
            norm.state_dict(prefix="", keep_vars=True),
            prefix,
            {"weight": 0},
            sharded_offsets,
            tp_group=ProcessGroupCollection.use_mpu_process_groups(required_pgs=["tp"]).tp,
            dp_cp_group=metadata["dp_cp_group"],
        )

    return patch.object(kernels.GatedRMSNorm, "sharded_state_dict", sharded_state_dict, create=True)


class _DuplicatedLinear(torch.nn.Linear):
    """`TELinear(parallel_mode="duplicated")`: whole on every rank, and marked as what is given parts of a sequence."""

    def __init__(self, input_size: int, output_size: int, *, config: TransformerConfig, **_: Any) -> None:
        super().__init__(input_size, output_size, bias=False)
        not_none(config.init_method)(self.weight)
        vars(self.weight)["sequence_parallel"] = config.sequence_parallel

    def forward(self, x: Tensor) -> tuple[Tensor, None]:
        return super().forward(x), None

    def sharded_state_dict(
        self, prefix: str = "", sharded_offsets: Any = (), metadata: Any = None
    ) -> dict[str, ShardedTensor]:
        del metadata
        return make_sharded_tensors_for_checkpoint(self.state_dict(keep_vars=True), prefix, {}, sharded_offsets)


def duplicated_latents() -> AbstractContextManager[Any]:
    """Projections to latents as Transformer Engine has them: whole on every rank.

    The local ones are cut, and gathered again; of what each rank then has alone of the gradients of the rotated keys,
    Megatron sums nothing over ranks.
    """
    stock = multi_latent_attention.build_module

    def build(module: Any, *args: Any, **kwargs: Any) -> Any:
        latent = kwargs.get("tp_comm_buffer_name") in ("q_down_proj", "kv_down_proj")
        return _DuplicatedLinear(*args, **kwargs) if latent else stock(module, *args, **kwargs)

    return patch.object(multi_latent_attention, "build_module", build)


def pieces(model: Any) -> list[ShardedTensor]:
    """Which part of which whole tensor each tensor of the model is; the data are views of the model's own."""
    state: dict[str, Any] = model.sharded_state_dict()
    apply_factories(state)
    return [piece for piece in nested_values(state) if isinstance(piece, ShardedTensor)]


@torch.no_grad()
def fill(chunks: list[Any], weights: Mapping[str, Tensor]) -> None:
    """Copy each chunk's part of the whole weights into it."""
    for chunk in chunks:
        for piece in pieces(chunk):
            assert piece.data is not None
            assert piece.global_shape == weights[piece.key].shape, f"{piece.key} is not split as in the whole model"
            piece.data.copy_(weights[piece.key][piece.global_slice()])
        empty = [name for name, tensor in chunk.named_parameters() if not tensor.isfinite().all()]
        assert not empty, f"not filled: {empty}"
