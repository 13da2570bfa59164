"""Language models of composites, as models of their own.

transformers has their decoders, and puts an output layer on them in the composite alone.
"""

from __future__ import annotations

import dataclasses
from importlib import import_module
from typing import Any

import torch
from torch import nn
from transformers import AutoModelForCausalLM, PreTrainedConfig
from transformers.modeling_outputs import CausalLMOutputWithPast


def register(config_class: type[PreTrainedConfig], body: str) -> None:
    """Let `AutoModelForCausalLM` make what the composite computes of texts.

    Args:
        config_class: of the language model.
        body: import path of its decoder.
    """
    module, _, name = body.rpartition(".")
    decoder: Any = getattr(import_module(module), name)
    scaled = "logits_scaling" in {field.name for field in dataclasses.fields(config_class)}

    class LanguageModel(decoder.__mro__[1]):  # type: ignore[misc]
        """The decoder, and an output layer as the composite has it."""

        _tied_weights_keys = {"lm_head.weight": "model.embed_tokens.weight"}  # noqa: RUF012  upstream's own name
        base_model_prefix = "model"

        def __init__(self, config: Any) -> None:
            super().__init__(config)
            self.model = decoder(config)
            self.lm_head = nn.Linear(config.hidden_size, config.vocab_size, bias=False)
            self.post_init()

        def forward(self, input_ids: torch.Tensor, **keywords: Any) -> CausalLMOutputWithPast:
            hidden: torch.Tensor = self.model(input_ids=input_ids, **keywords)[0]
            logits = self.lm_head(hidden)
            # Composites read this of their language model.
            return CausalLMOutputWithPast(logits=logits / self.config.logits_scaling if scaled else logits)

    LanguageModel.config_class = config_class
    AutoModelForCausalLM.register(config_class, LanguageModel, exist_ok=True)


def register_model(config_class: type[PreTrainedConfig], model: str) -> None:
    """Let `AutoModelForCausalLM` make a language model that transformers has, and does not list among such.

    Args:
        config_class: of the language model.
        model: import path of its class.
    """
    module, _, name = model.rpartition(".")
    AutoModelForCausalLM.register(config_class, getattr(import_module(module), name), exist_ok=True)
