"""What a Hugging Face model is, so far as a config decides it: how it starts, what it computes, what it learns."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import torch
from torch import Tensor
from transformers import GenerationConfig, PreTrainedConfig, PreTrainedModel
from transformers.initialization import no_init_weights
from transformers.integrations.heterogeneity import configuration_utils as heterogeneity

from tests.numerics.dropouts import without_chance
from tests.numerics.runtime import randomise, seed_initial_weights
from tests.references import model_of
from tests.support.recording import recording


@dataclass(frozen=True)
class Behaviour:
    """What a model yields for some tokens, and what it would learn from them."""

    initial: Mapping[str, Tensor]
    evaluation: Tensor
    training: Tensor
    gradients: Mapping[str, Tensor]


class Probe:
    """The model of a base config, and what another config makes different in it."""

    def __init__(self, config: PreTrainedConfig) -> None:
        generator = torch.Generator().manual_seed(5)
        self._tokens = torch.randint(0, config.vocab_size, (2, 24), generator=generator)
        with reads(type(config)) as read:
            model = build(config)
            initial = _copied(model)
            randomise(model, seed=7)
            self._weights = _copied(model)
            self._base = self._behaviour(model, initial)
        self.read = frozenset(read)
        """Under which names anything was read of the config: with other values of others, the same code runs."""

    @without_chance()
    def _behaviour(self, model: PreTrainedModel, initial: Mapping[str, Tensor]) -> Behaviour:
        with torch.no_grad():
            evaluation = _logits(model.eval(), self._tokens)
        training = _logits(model.train(), self._tokens)
        training.square().mean().backward()
        gradients = {
            name: torch.zeros_like(parameter) if parameter.grad is None else parameter.grad
            for name, parameter in model.named_parameters()
        }
        return Behaviour(initial, evaluation, training.detach(), gradients)

    def different(self, config: PreTrainedConfig, tolerance: float) -> Mapping[str, str]:
        """What is different in the model of `config`, with the same weights: aspect -> where.

        Raises:
            Exception: whatever transformers raises because it cannot build or run the model.
        """
        model = build(config)
        initial = _copied(model)
        if _shapes(initial) != _shapes(self._weights):
            return {"parameters": "other names or shapes"}
        model.load_state_dict(dict(self._weights))
        found = self._behaviour(model, initial)
        pairs = {
            "initial weights": (self._base.initial, found.initial),
            "logits": ({"eval": self._base.evaluation}, {"eval": found.evaluation}),
            "logits in training": ({"train": self._base.training}, {"train": found.training}),
            "gradients": (self._base.gradients, found.gradients),
        }
        return {aspect: where for aspect, (a, b) in pairs.items() if (where := _unequal(a, b, tolerance))}

    def run(self, config: PreTrainedConfig) -> None:
        """Build the model of `config` and run it on as many tokens as it has positions for.

        Raises:
            Exception: whatever transformers raises because it cannot.
        """
        stored = type(config).attribute_map.get("max_position_embeddings", "max_position_embeddings")
        length: int = vars(config).get(stored, self._tokens.shape[1])
        with torch.no_grad():
            model = outline(config)
            for parameter in model.parameters():
                parameter.fill_(0.1)
            _logits(model.eval(), self._tokens[:, :length] % config.vocab_size)

    def padding_rows_only(self, config: PreTrainedConfig, old: int | None, new: int | None) -> bool:
        """Whether initial weights and gradients differ in the rows of two tokens only, and the new one's are zero."""
        model = build(config)
        embedding: Tensor = model.get_input_embeddings().get_parameter("weight")
        names = {name for name, tensor in model.state_dict(keep_vars=True).items() if tensor is embedding}
        initial = _copied(model)
        model.load_state_dict(dict(self._weights))
        found = self._behaviour(model, initial)
        rest = [row for row in range(embedding.shape[0]) if row not in (old, new)]
        for before, after in ((self._base.initial, found.initial), (self._base.gradients, found.gradients)):
            # An output layer with the same weight still learns that row.
            still = len(names) == 1 or after is found.initial
            if new is not None and still and any(after[name][new].any() for name in names & {*after}):
                return False
            cut = [
                {name: each[name][rest] if name in names else each[name] for name in each} for each in (before, after)
            ]
            if _unequal(*cut, tolerance=0.0):
                return False
        return True


def build(config: PreTrainedConfig) -> PreTrainedModel:
    """As `build_huggingface`, but with the weights that transformers initialises, always from the same seed."""
    seed_initial_weights(3)
    return model_of(config)


def outline(config: PreTrainedConfig) -> PreTrainedModel:
    """Without weights: to draw them costs as much as the rest, and a checkpoint has its own."""
    with no_init_weights():
        return model_of(config)


@contextmanager
def reads(kind: type[PreTrainedConfig]) -> Generator[set[str]]:
    """Names that are read of configs of a class, and those under which it is stored.

    Who takes all of a config at once reads everything in it. But what a model would generate with is no part of it; nor
    is what a layer's own config is copied from read by that, but what the layer asks of the copy.
    """
    names: set[str] = set()
    layer_config = heterogeneity._get_layer_config
    stored = kind.attribute_map

    def note(config: PreTrainedConfig, name: str) -> None:
        names.update([name, stored.get(name, name)])
        if name == "__dict__":
            names.update(object.__getattribute__(config, name))

    def generation(config: PreTrainedConfig) -> GenerationConfig:
        return GenerationConfig()

    def of_layer(config: PreTrainedConfig, overrides: dict[str, Any]) -> PreTrainedConfig:
        before = frozenset(names)
        copied = layer_config(config, overrides)
        names.intersection_update(before)
        return copied

    with (
        recording(kind, note),
        patch.object(GenerationConfig, "from_model_config", staticmethod(generation)),
        patch.object(heterogeneity, "_get_layer_config", of_layer),
    ):
        yield names


def _logits(model: PreTrainedModel, tokens: Tensor) -> Tensor:
    # Nothing is passed but the tokens: the config alone decides about caches, windows and what is returned.
    try:
        output = model(input_ids=tokens)
    except (AttributeError, IndexError, TypeError, ValueError):
        output = _without_cache(model, tokens)
    return output[0] if isinstance(output, tuple) else output.logits


def _without_cache(model: PreTrainedModel, tokens: Tensor) -> Any:
    """For a class that trips over the cache that its layers ask for, its own tuples, or scores of no router."""
    model.config.return_dict = True
    given = {"output_router_logits": False} if vars(model.config).get("output_router_logits") else {}
    return model(input_ids=tokens, use_cache=False, **given)


def _copied(model: PreTrainedModel) -> dict[str, Tensor]:
    return {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}


def _shapes(tensors: Mapping[str, Tensor]) -> Mapping[str, tuple[int, ...]]:
    return {name: tuple(tensor.shape) for name, tensor in tensors.items()}


def _unequal(before: Mapping[str, Tensor], after: Mapping[str, Tensor], tolerance: float) -> str:
    """Names of the tensors that differ by more than `tolerance` of their largest value."""
    assert before.keys() == after.keys()
    pairs = ((name, tensor, after[name]) for name, tensor in before.items())
    return ", ".join(
        name for name, a, b in pairs if not torch.equal(a, b) and not (a - b).abs().max() <= tolerance * a.abs().max()
    )
