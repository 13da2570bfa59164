"""Calls that a type checker must accept, and calls that it must reject: each of those is marked.

`test_types.py` runs the checkers over this file, and nothing runs the file itself.
"""

from __future__ import annotations

from typing import assert_type

import torch
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig
from transformers.configuration_utils import PreTrainedConfig
from transformers.models.deepseek_v3.configuration_deepseek_v3 import DeepseekV3Config
from transformers.models.glm4.configuration_glm4 import Glm4Config
from transformers.models.granite.configuration_granite import GraniteConfig
from transformers.models.llama.configuration_llama import LlamaConfig
from transformers.models.nemotron_h.configuration_nemotron_h import NemotronHConfig

import mcore_mappers as m
from mcore_mappers.layers import LayeredGPTModelConfig


def accepted(
    llama: LlamaConfig, deepseek: DeepseekV3Config, nemotron: NemotronHConfig, any_config: PreTrainedConfig
) -> None:
    assert_type(m.to_megatron(llama), GPTModelConfig)
    assert_type(m.to_megatron(nemotron), HybridModelConfig)
    assert_type(m.llama.to_megatron(llama, strict=True), GPTModelConfig)
    unknown = m.to_megatron(any_config, tensor_model_parallel_size=2)
    assert_type(unknown, GPTModelConfig | HybridModelConfig)
    assert_type(unknown.vocab_size, int | None)
    assert_type(unknown.transformer.num_layers, int)
    keywords: m.typing.GPTFields = {"tensor_model_parallel_size": 8, "bf16": True}
    assert_type(m.llama.to_megatron(llama, **keywords), GPTModelConfig)
    m.to_megatron(llama, **keywords)  # of which mypy gives Any: fields are of that type, and two overloads match
    assert_type(m.to_megatron(any_config, **keywords), GPTModelConfig | HybridModelConfig)
    m.to_megatron(llama, tensor_model_parallel_size=8, params_dtype=torch.bfloat16, seq_length=4096)
    m.deepseek_v3.to_megatron(deepseek, expert_model_parallel_size=8, cache_mla_latents=True)
    m.llama.to_megatron(llama, position_embedding_type="mrope")
    m.nemotron_h.to_megatron(nemotron, hybrid_layer_pattern="M|M*-", mtp_num_layers=None)


def layered(llama: LlamaConfig, granite: GraniteConfig, glm4: Glm4Config, ask: bool) -> None:
    # Some models have layers where they are asked for, all have them, or none.
    assert_type(m.granite.to_megatron(granite), GPTModelConfig)
    assert_type(m.granite.to_megatron(granite, layers=False, bf16=True), GPTModelConfig)
    assert_type(m.granite.to_megatron(granite, layers=True), GPTModelConfig)
    assert_type(m.granite.to_megatron_hybrid(granite, layers=ask), HybridModelConfig)
    assert_type(m.to_megatron(granite), GPTModelConfig)
    assert_type(m.to_megatron(granite, layers=ask), GPTModelConfig | LayeredGPTModelConfig)
    assert_type(m.glm4.to_megatron(glm4, layers=True), LayeredGPTModelConfig)
    assert_type(m.to_megatron(glm4, layers=True).layers.post_mlp_layernorm, bool)
    assert_type(m.to_megatron(llama, layers=True), GPTModelConfig | LayeredGPTModelConfig)


def rejected(
    llama: LlamaConfig,
    deepseek: DeepseekV3Config,
    nemotron: NemotronHConfig,
    granite: GraniteConfig,
    any_config: PreTrainedConfig,
) -> None:
    m.granite.to_megatron(granite, layers="some")  # rejected
    m.granite.to_megatron(granite, residual_multiplier=0.2)  # rejected
    # A misspelt keyword.
    m.llama.to_megatron(llama, tensor_model_paralell_size=8)  # rejected
    m.to_megatron(llama, tensor_model_paralell_size=8)  # rejected
    m.to_megatron(any_config, tensor_model_paralell_size=8)  # rejected
    # A field that the Hugging Face config decides.
    m.llama.to_megatron(llama, num_layers=2)  # rejected
    m.to_megatron(llama, kv_channels=64)  # rejected
    # A value of another type.
    m.llama.to_megatron(llama, tensor_model_parallel_size="8")  # rejected
    m.to_megatron(llama, recompute_granularity="everything")  # rejected
    # Keywords of one's own of another type.
    keywords: m.typing.GPTFields = {"tensor_model_parallel_size": "8"}  # rejected
    m.llama.to_megatron(llama, **keywords)
    # The config of another family.
    m.llama.to_megatron(nemotron)  # rejected
    m.nemotron_h.to_megatron(llama)  # rejected
    # Positions that the Hugging Face config decides.
    m.llama.to_megatron(llama, position_embedding_type="rope")  # rejected
    m.deepseek_v3.to_megatron(deepseek, position_embedding_type="mrope")  # rejected
    # A field of another target.
    m.llama.to_megatron(llama, cache_mla_latents=True)  # rejected
    m.llama.to_megatron(llama, hybrid_layer_pattern="M*")  # rejected
    # A config by keyword: the name of the parameter is nobody's business.
    m.llama.to_megatron(hf=llama)  # rejected
