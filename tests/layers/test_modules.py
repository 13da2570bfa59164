"""The modules of layers against the equations that they say they compute."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator, Mapping
from typing import Any
from unittest.mock import Mock, patch

import pytest
import torch
from megatron.core import parallel_state
from megatron.core.distributed.fsdp.mcore_fsdp_adapter import FullyShardedDataParallel
from megatron.core.fusions.fused_bias_dropout import get_bias_dropout_add
from megatron.core.models.common.embeddings.rotary_pos_embedding import RotaryEmbedding
from megatron.core.packed_seq_params import PackedSeqParams
from megatron.core.transformer.spec_utils import ModuleSpec
from megatron.core.transformer.torch_norm import WrappedTorchNorm
from torch import Tensor
from transformers.models.minimax_m2.modeling_minimax_m2 import MiniMaxM2RMSNorm
from transformers.models.olmo2.modeling_olmo2 import Olmo2RMSNorm
from transformers.models.olmoe.modeling_olmoe import OlmoeRMSNorm

from mcore_mappers.layers import Layers
from mcore_mappers_runtime.layers.branch_norms import PostLayerNorm
from mcore_mappers_runtime.layers.over_heads import NormOverHeads
from mcore_mappers_runtime.layers.residuals import ResidualMultiplier
from tests.layers.models import (
    AFTER_ROPE,
    BIASED_BUT_QKV,
    BIASED_OUTPUT,
    EVERYWHERE,
    EXPERTS,
    LATENT,
    LATENT_LONG_ROPE,
    LATENT_QUERIES,
    ONLY_AFTER,
    PLAIN_QUERIES,
    ROPE_HALVES,
    built,
    cached,
    gpt,
    hybrid,
    inner,
    logits,
    outputs_of_layers,
    shaken,
)
from tests.numerics.emulation import emulated

HEADS, CHANNELS = 4, 16


@pytest.fixture(scope="module", autouse=True)
def emulation(process: None) -> Generator[None]:
    with emulated():
        yield


def normal(*size: int, seed: int = 1) -> Tensor:
    return torch.randn(*size, generator=torch.Generator().manual_seed(seed))


# --- One norm over all heads ------------------------------------------------------------------------------------------


def over_heads(**changes: Any) -> NormOverHeads:
    group: Any = parallel_state.get_tensor_model_parallel_group()
    config = inner(**changes)
    return NormOverHeads(config=config, hidden_size=CHANNELS, eps=0.01, heads=HEADS, tp_group=group)


@pytest.mark.parametrize("cls", [Olmo2RMSNorm, OlmoeRMSNorm, MiniMaxM2RMSNorm])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_the_norm_is_that_of_hugging_face(cls: Any, dtype: torch.dtype) -> None:
    """In float32, and in bfloat16 but for where it rounds."""
    ours, theirs = over_heads(), cls(HEADS * CHANNELS, eps=0.01)
    weight = 1 + normal(HEADS * CHANNELS, seed=2)
    for norm in (ours, theirs):
        norm.weight.data.copy_(weight)
        norm.to(dtype)
    x = normal(5, 2, HEADS * CHANNELS).mul_(3).to(dtype)
    expected = theirs(x)
    found = ours(x.view(5, 2, HEADS, CHANNELS))
    assert found.dtype == dtype
    rounding = 1e-6 if dtype == torch.float32 else 2**-7
    torch.testing.assert_close(found.reshape(x.shape), expected, rtol=rounding, atol=1e-6)
    if cls is Olmo2RMSNorm:
        # It rounds once, in the end, as Transformer Engine does.
        assert (found.reshape(x.shape) == expected).float().mean() > 0.99 or dtype == torch.float32
    # It is not the norm of each head.
    alone = torch.nn.functional.rms_norm(x.view(5, 2, HEADS, CHANNELS).float(), (CHANNELS,), eps=0.01)
    assert (alone * weight.view(HEADS, CHANNELS) - found.float()).abs().max() > 0.1


def test_a_zero_centred_weight_is_the_distance_from_one() -> None:
    plain, centred = over_heads(), over_heads(layernorm_zero_centered_gamma=True)
    assert torch.equal(plain.weight, torch.ones(HEADS * CHANNELS))
    assert torch.equal(centred.weight, torch.zeros(HEADS * CHANNELS))
    x, distance = normal(5, 2, HEADS, CHANNELS), normal(HEADS * CHANNELS, seed=2)
    plain.weight.data.add_(distance)
    centred.weight.data.add_(distance)
    torch.testing.assert_close(centred(x), plain(x))
    # In bfloat16 the distance is as exact as ever: it is added to one in float32.
    distance = distance.bfloat16() / 512
    plain.weight.data.copy_(1 + distance.float())
    centred.bfloat16().weight.data.copy_(distance)
    torch.testing.assert_close(centred(x.bfloat16()), plain(x.bfloat16()), rtol=0, atol=0)
    assert not torch.equal(1 + distance, (1 + distance.float()))


def test_sequences_in_one_row_are_normed_as_alone() -> None:
    """Packed sequences come as one long one."""
    norm, first, second = over_heads(), normal(5, 1, HEADS, CHANNELS), normal(3, 1, HEADS, CHANNELS, seed=2)
    assert torch.equal(norm(torch.cat((first, second))), torch.cat((norm(first), norm(second))))


def test_megatrons_fsdp_takes_norms_over_heads_for_whole() -> None:
    """It goes by the name of the class."""
    detect: Any = FullyShardedDataParallel._detect_parallelism_type
    assert detect(FullyShardedDataParallel, "weight", over_heads()) == "replicated"


# --- Norms after rope -------------------------------------------------------------------------------------------------


def given_to_core(model: Any, run: Any) -> list[Tensor]:
    """What the core attention of the second layer is called with, less norms that hooks are."""
    core = model.decoder.layers[1].self_attention.core_attention
    given: list[Tensor] = []
    forward = core.forward

    def noted(query: Tensor, key: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        given.extend((query, key))
        result: Tensor = forward(query, key, *args, **kwargs)
        return result

    with patch.object(core, "forward", noted):
        run(model)
    return given


def test_queries_and_keys_are_normed_after_rope() -> None:
    """Of a weight that is not one for all channels, and turned by rope is another."""
    model = shaken(built(gpt(AFTER_ROPE)))
    plain = built(gpt(Layers(), qk_layernorm=False))
    plain.load_state_dict({name: each for name, each in model.state_dict().items() if "post_rope" not in name})
    attention = model.decoder.layers[1].self_attention
    states = normal(5, 2, 48, seed=4)
    angles = model.rotary_pos_emb(5)

    def attend(model: Any) -> None:
        mask = torch.ones(1, 1, 5, 5, dtype=torch.bool).triu(1)
        model.decoder.layers[1].self_attention(states, mask, rotary_pos_emb=angles)

    found, rotated = given_to_core(model, attend), given_to_core(plain, attend)
    weights = (attention.post_rope_q_layernorm.weight, attention.post_rope_k_layernorm.weight)
    for ours, theirs, weight in zip(found, rotated, weights, strict=True):
        torch.testing.assert_close(ours, torch.nn.functional.rms_norm(theirs, (CHANNELS,), weight, 0.01))


def test_packed_sequences_are_normed_as_alone() -> None:
    """Transformer Engine's core attention takes them; here one that attends within each."""
    attention = shaken(built(gpt(AFTER_ROPE))).decoder.layers[1].self_attention
    angles = RotaryEmbedding(CHANNELS, 1.0, use_cpu_initialization=True)(5)
    lengths, mask = (5, 3), torch.ones(1, 1, 5, 5, dtype=torch.bool).triu(1)
    states = normal(sum(lengths), 1, 48, seed=4)
    ends = torch.tensor([0, 5, 8], dtype=torch.int32)
    core = attention.core_attention
    forward = core.forward

    def within(query: Tensor, key: Tensor, value: Tensor, *args: Any, packed_seq_params: Any, **kwargs: Any) -> Tensor:
        cut = [each.unsqueeze(1).split(lengths) for each in (query, key, value)]
        alone = [forward(*each, mask[..., : len(each[0]), : len(each[0])]) for each in zip(*cut, strict=True)]
        return torch.cat(alone)

    packed = PackedSeqParams(qkv_format="thd", cu_seqlens_q=ends, cu_seqlens_kv=ends)
    with patch.object(core, "forward", within):
        found, _ = attention(states, None, rotary_pos_emb=angles, packed_seq_params=packed)
    separate = [
        attention(each, mask[..., : len(each), : len(each)], rotary_pos_emb=angles[: len(each)])[0]
        for each in states.split(lengths)
    ]
    torch.testing.assert_close(found, torch.cat(separate))


def test_a_cache_in_blocks_is_refused() -> None:
    """Megatron attends to it without core attention, in whose call the norms are."""
    attention = built(gpt(AFTER_ROPE)).decoder.layers[1].self_attention
    dynamic = Mock(is_static_batching=lambda: False)
    for name in ("inference_context", "inference_params"):
        with pytest.raises(NotImplementedError, match="qk_layernorm_after_rope"):
            attention(normal(5, 2, 48), None, **{name: dynamic})


@torch.no_grad()
def test_a_cache_of_keys_has_their_norms() -> None:
    attention = shaken(built(gpt(AFTER_ROPE))).decoder.layers[1].self_attention.eval()
    cached(attention)


# --- Biases -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("experts", [{}, EXPERTS])
@pytest.mark.parametrize(
    ("layers", "fields", "biased"),
    [
        (BIASED_OUTPUT, {"add_qkv_bias": True}, {"linear_qkv", "linear_proj"}),
        (BIASED_OUTPUT, {}, {"linear_proj"}),
        (BIASED_BUT_QKV, {"add_bias_linear": True}, {"linear_proj", "linear_fc1", "linear_fc2"}),
        (
            Layers(qkv_bias=False, add_proj_bias=False),
            {"add_bias_linear": True},
            {"linear_fc1", "linear_fc2"},
        ),
        (
            Layers(add_proj_bias=False, qk_layernorm_after_rope=True, qk_layernorm_over_heads=True),
            {"add_bias_linear": True},
            {"linear_qkv", "linear_fc1", "linear_fc2"},
        ),
    ],
)
def test_linear_layers_have_the_biases_that_fields_say(
    layers: Layers, fields: Mapping[str, Any], biased: set[str], experts: Mapping[str, Any]
) -> None:
    model = built(gpt(layers, **fields, **experts))
    names = [name.split(".") for name, _ in model.named_parameters() if name.endswith(".bias")]
    assert {name[-2] for name in names if "local_experts" not in name and name[-2] != "router"} == biased
    of_attention = biased & {"linear_qkv", "linear_proj"}
    assert len([name for name in names if "self_attention" in name]) == 3 * len(of_attention)


# --- Latent attention without latents of queries ----------------------------------------------------------------------


def test_queries_are_projected_from_the_hidden_states_as_they_come() -> None:
    config = gpt(PLAIN_QUERIES, **LATENT)
    attention = shaken(built(config)).decoder.layers[1].self_attention
    names = {name for name, _ in attention.named_parameters()}
    assert names == {
        *("linear_q_proj.weight", "linear_kv_down_proj.weight", "linear_kv_up_proj.weight", "linear_proj.weight"),
        "kv_layernorm.weight",
    }
    states, inner_config = normal(5, 2, 48, seed=4), config.transformer
    query, key, value, *_ = attention.get_query_key_value_tensors(states)
    weights: dict[str, Tensor] = dict(attention.named_parameters())
    rank, plain = LATENT["kv_lora_rank"], LATENT["qk_head_dim"]
    heads = (5, 2, inner_config.num_attention_heads, -1)
    expected = (states @ weights["linear_q_proj.weight"].T).view(heads)
    torch.testing.assert_close(query[..., :plain], expected[..., :plain])
    # The first token is not rotated.
    pairs = torch.cat((expected[..., plain::2], expected[..., plain + 1 :: 2]), dim=-1)
    torch.testing.assert_close(query[0, :, :, plain:], pairs[0])
    latent = (states @ weights["linear_kv_down_proj.weight"].T)[..., :rank]
    normed = torch.nn.functional.rms_norm(latent, (rank,), weights["kv_layernorm.weight"], 0.01)
    both = (normed @ weights["linear_kv_up_proj.weight"].T).view(heads)
    torch.testing.assert_close(key[..., :plain], both[..., :plain])
    torch.testing.assert_close(value, both[..., plain:])


# --- Latent attention that rotates halves -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layers", "fields", "names"),
    [
        (ROPE_HALVES, LATENT_QUERIES, ("linear_q_up_proj", "linear_q_down_proj")),
        (LATENT_LONG_ROPE, LATENT_QUERIES, ("linear_q_up_proj", "linear_q_down_proj")),
        (dataclasses.replace(PLAIN_QUERIES, mla_rotary_interleaved=False), LATENT, ("linear_q_proj", None)),
    ],
)
def test_halves_are_rotated(layers: Layers, fields: Mapping[str, Any], names: tuple[str, str | None]) -> None:
    config = gpt(layers, **fields)
    attention = shaken(built(config)).decoder.layers[1].self_attention
    states = normal(5, 2, 48, seed=4)
    query, key, *_ = attention.get_query_key_value_tensors(states)
    plain, rotated = fields["qk_head_dim"], fields["qk_pos_emb_head_dim"]
    frequencies = 1 / config.transformer.rotary_base ** (torch.arange(0, rotated, 2) / rotated)
    if layers.rope_short_factor is not None:
        frequencies = frequencies / torch.tensor(layers.rope_short_factor)
    angles = torch.outer(torch.arange(5.0), frequencies).repeat(1, 2)[:, None, None]

    def turned(x: Tensor) -> Tensor:
        first, second = x.chunk(2, dim=-1)
        return x * angles.cos() + torch.cat((-second, first), dim=-1) * angles.sin()

    weights: dict[str, Tensor] = dict(attention.named_parameters())
    up, down = names
    latent = states if down is None else attention.q_layernorm(states @ weights[f"{down}.weight"].T)
    heads = (latent @ weights[f"{up}.weight"].T).view(5, 2, 4, -1)
    torch.testing.assert_close(query, torch.cat((heads[..., :plain], turned(heads[..., plain:])), dim=-1))
    shared = (states @ weights["linear_kv_down_proj.weight"].T)[..., None, -rotated:]
    torch.testing.assert_close(key[..., plain:], turned(shared).expand(-1, -1, 4, -1))


# --- What is added to the residual stream -----------------------------------------------------------------------------


@pytest.mark.parametrize("biased", [False, True])
@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("fused", [False, True])
def test_a_branch_is_multiplied(biased: bool, training: bool, fused: bool) -> None:
    x, bias, residual = normal(5, 2, 8), normal(8, seed=2), normal(5, 2, 8, seed=3)
    expected = residual + 0.3 * (x + bias if biased else x)
    add = ResidualMultiplier(0.3, get_bias_dropout_add)(training, fused)
    with torch.no_grad():
        found = add((x.clone(), bias if biased else None), residual.clone(), 0.0)
    torch.testing.assert_close(found, expected)


@pytest.mark.parametrize("biased", [False, True])
@pytest.mark.parametrize("normalization", ["RMSNorm", "LayerNorm"])
def test_a_branch_is_normed(biased: bool, normalization: str) -> None:
    config = inner(hidden_size=8, normalization=normalization)
    module = PostLayerNorm(config, WrappedTorchNorm, get_bias_dropout_add)
    shaken(module)
    norm = module.post_layernorm
    x, bias, residual = normal(5, 2, 8), normal(8, seed=2), normal(5, 2, 8, seed=3)
    branch = x + bias if biased else x
    if normalization == "LayerNorm":
        expected = torch.nn.functional.layer_norm(branch, (8,), norm.weight, norm.bias, 0.01)
    else:
        expected = torch.nn.functional.rms_norm(branch, (8,), norm.weight, 0.01)
    found = module(True, False)((x, bias if biased else None), residual, 0.0)
    torch.testing.assert_close(found, residual + expected)


def test_dropout_comes_after_norm_and_multiplier() -> None:
    config = inner(hidden_size=8)
    params = {"multiplier": 0.3, "bias_dropout_add": get_bias_dropout_add}
    module = PostLayerNorm(config, WrappedTorchNorm, ModuleSpec(ResidualMultiplier, params))
    x, residual = normal(50, 2, 8), torch.zeros(50, 2, 8)
    expected = 0.3 * torch.nn.functional.rms_norm(x, (8,), eps=0.01) / (1 - 0.25)
    found = module(True, False)((x, None), residual, 0.25)
    kept = found != 0
    assert 0.6 < kept.float().mean() < 0.9
    torch.testing.assert_close(found[kept], expected[kept])


# --- Whole layers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("layers", [ONLY_AFTER, EVERYWHERE, Layers(residual_multiplier=0.3)], ids=str)
def test_a_layer_computes_what_its_fields_say(layers: Layers) -> None:
    """From the parts of each layer, by the equations, what the layer gives."""
    model = shaken(built(gpt(layers, **EXPERTS)))
    for layer in model.decoder.layers:
        layer.self_attention.register_forward_hook(lambda module, inputs, output: attention.append((inputs, output)))
        layer.mlp.register_forward_hook(lambda module, inputs, output: mlp.append((inputs, output)))
        layer.register_forward_pre_hook(lambda module, inputs, kw: given.append(kw["hidden_states"]), with_kwargs=True)
    attention: list[Any] = []
    mlp: list[Any] = []
    given: list[Tensor] = []
    found = outputs_of_layers(model)

    def normed(x: Tensor, weight: Tensor) -> Tensor:
        return torch.nn.functional.rms_norm(x, x.shape[-1:], weight, 0.01)

    for index, layer in enumerate(model.decoder.layers):
        x = given[index]
        parameters = dict(layer.named_parameters())
        for (inputs, (branch, bias)), before, after, has_before, has_after in (
            (
                attention[index],
                "input_layernorm",
                "self_attn_bda",
                layers.input_layernorm,
                layers.post_attention_layernorm,
            ),
            (mlp[index], "pre_mlp_layernorm", "mlp_bda", layers.pre_mlp_layernorm, layers.post_mlp_layernorm),
        ):
            assert bias is None
            expected = normed(x, parameters[f"{before}.weight"]) if has_before else x
            torch.testing.assert_close(inputs[0], expected)
            if has_after:
                branch = normed(branch, parameters[f"{after}.post_layernorm.weight"])
            x = x + branch * layers.residual_multiplier
        torch.testing.assert_close(found[index], x)


def test_mamba_is_multiplied_and_keeps_its_norm() -> None:
    model = shaken(built(hybrid(ONLY_AFTER)))
    scaled = built(hybrid(dataclasses.replace(ONLY_AFTER, residual_multiplier=0.3)))
    scaled.load_state_dict(model.state_dict())
    given: list[Tensor] = []
    for each in (model, scaled):
        each.decoder.layers[0].register_forward_pre_hook(
            lambda module, inputs, kw: given.append(kw["hidden_states"]), with_kwargs=True
        )
    plain, less = outputs_of_layers_by_hand(model), outputs_of_layers_by_hand(scaled)
    assert isinstance(model.decoder.layers[0].norm, torch.nn.RMSNorm)
    torch.testing.assert_close(less - given[1], (plain - given[0]) * 0.3)
    assert plain.sub(given[0]).abs().max() > 0.1


def outputs_of_layers_by_hand(model: Any) -> Tensor:
    """What the first layer gives, a Mamba layer, which gives no tuple."""
    found: list[Tensor] = []
    model.decoder.layers[0].register_forward_hook(lambda layer, inputs, output: found.append(output))
    logits(model)
    return found[0]
