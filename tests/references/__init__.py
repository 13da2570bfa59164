"""Small models of the classes that `mcore_mappers_runtime.described` describes, written from the published computation.

transformers has no model for these. What the code beside their checkpoints, or a package that runs them, was compared
with stands in the docstring of each. They are made to be read: no caches, no kernels, one layout of weights.

- `decoder`: what they share with Llama
- `deepseek`: DeepSeek-MoE
- `minicpm`: MiniCPM
- `nemotron_nas`: Llama-Nemotron
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from importlib import import_module
from typing import Final

import torch
from transformers import AutoModelForCausalLM, PreTrainedConfig, PreTrainedModel

_MODELS: Final[Mapping[str, str]] = {
    "deepseek": "deepseek.Deepseek",
    "minicpm": "minicpm.MiniCPM",
    "nemotron-nas": "nemotron_nas.NemotronNas",
}
"""By model type, the module here and its model."""


def model_of(config: PreTrainedConfig) -> PreTrainedModel:
    """The model of a config in float32, as transformers initialises it: a reference where it has no model of its own.

    Its attention and experts are those that are easiest to compare with. The config is left as it was.
    """
    # `from_config` writes its choices into the config, which the mapper must see as the user wrote it.
    config = copy.deepcopy(config)
    if config.model_type in _MODELS:
        module, _, name = _MODELS[config.model_type].partition(".")
        config.dtype = torch.float32
        reference: PreTrainedModel = vars(import_module(f"{__name__}.{module}"))[name](config)
        return reference
    model: PreTrainedModel = AutoModelForCausalLM.from_config(
        config, dtype=torch.float32, attn_implementation="eager", experts_implementation="eager"
    )
    return model
