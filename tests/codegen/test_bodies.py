"""What upstream computes, as digests: what changes them, what does not, and who is told of a change."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest

from codegen import bodies, project
from codegen.introspect.definitions import FunctionNode
from codegen.introspect.digests import digest
from codegen.schemas import Body, Snapshot
from codegen.snapshot import load, render
from codegen.table import Confirmed
from tests.support.plans import schemas

ATTENTION = """
    def forward(self, hidden_states, position_embeddings, past_key_values=None, **kwargs):
        query = self.q_proj(hidden_states)
        if past_key_values is not None:
            query, key = past_key_values.update(query, self.layer_idx)
        weights = LlamaSoftmax(scale=self.scaling, dim=-1)(query)
        return self.o_proj(weights)
"""


def parsed(text: str) -> FunctionNode:
    (node,) = ast.parse(dedent(text)).body
    assert isinstance(node, FunctionNode)
    return node


def of(text: str, prefix: str = "") -> str:
    return digest(parsed(text), prefix)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # Names of its own, annotations, decorators, what is said of it.
        ("query", "q"),
        ("hidden_states", "x"),
        ("position_embeddings,", "position_embeddings: tuple[Tensor, Tensor],"),
        ("        query = self", '        """Queries are what asks."""\n        query = self'),
        ("        query = self", '        logger.warning_once("soon")\n        query = self'),
        ("        query = self", "        # A comment.\n        query = self"),
        ("scale=self.scaling, dim=-1", "dim=-1, scale=self.scaling"),
        # Everything about a cache, under another name too.
        ("past_key_values", "cache"),
        ("self.layer_idx)", "self.layer_idx, kwargs=kwargs)"),
        ("past_key_values is not None", "past_key_values is not None and self.training"),
        ("        query = self", "        use_cache = True\n        query = self"),
        ("self.o_proj(weights)", "self.o_proj(weights, past_key_values=past_key_values)"),
    ],
)
def test_the_same_computation_has_the_same_digest(old: str, new: str) -> None:
    assert ATTENTION.count(old) >= 1
    assert of(ATTENTION.replace(old, new)) == of(ATTENTION)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("self.q_proj", "self.k_proj"),
        ("dim=-1", "dim=-2"),
        ("scale=self.scaling, ", ""),
        ("scale=self.scaling", "scale=self.scaling**2"),
        ("self.o_proj(weights)", "self.o_proj(query)"),
        ("self.o_proj(weights)", "self.o_proj(weights, mask=position_embeddings)"),
        ("past_key_values is not None", "past_key_values is None"),
        ("past_key_values is not None", "hidden_states is not None"),
        ("query = self", "query = 2 * self"),
        ("        return", "        weights = weights.float()\n        return"),
    ],
)
def test_another_computation_has_another_digest(old: str, new: str) -> None:
    assert ATTENTION.count(old) >= 1
    assert of(ATTENTION.replace(old, new)) != of(ATTENTION)


def test_a_branch_for_a_cache_is_taken_as_without_one() -> None:
    chosen = "def f(x, cache=None):\n    seen = cache.length() if cache is not None else 0\n    return x + seen"
    assert of(chosen) == of("def f(x):\n    seen = 0\n    return x + seen")
    stated = "def f(x, use_cache):\n    if use_cache and x is not None:\n        x = x + 1\n    return x"
    assert of(stated) == of("def f(x):\n    return x")


def test_models_that_differ_in_the_names_of_their_classes_are_one() -> None:
    assert of(ATTENTION, "Llama") == of(ATTENTION.replace("LlamaSoftmax", "MistralSoftmax"), "Mistral")
    assert of(ATTENTION, "Llama") != of(ATTENTION.replace("LlamaSoftmax", "LlamaSigmoid"), "Llama")


@pytest.fixture(scope="module")
def committed() -> Snapshot:
    return schemas()


def test_every_family_has_its_post_init_and_its_forward_pass(committed: Snapshot) -> None:
    assert len(DESCRIBED) < len(committed.hf)
    for kind in (kind for path, kind in committed.hf.items() if path not in DESCRIBED):
        methods = {path.rpartition(".")[2] for path in kind.bodies}
        assert "forward" in methods, kind.name
        assert f"{kind.causal_lm}.forward" in kind.bodies, kind.name
    assert "transformers.models.llama4.configuration_llama4.Llama4TextConfig.__post_init__" in (
        committed.hf["transformers.models.llama4.configuration_llama4.Llama4TextConfig"].bodies
    )


def test_what_is_shared_refused_or_of_megatron_is_there_too(committed: Snapshot) -> None:
    found = committed.bodies.keys()
    assert {
        "transformers.masking_utils.create_causal_mask",
        "transformers.modeling_rope_utils._compute_yarn_parameters",
        "transformers.configuration_utils.PreTrainedConfig.__post_init__",
        "transformers.models.bitnet.modeling_bitnet.BitNetAttention",
        "megatron.core.transformer.transformer_config.TransformerConfig.__post_init__",
        "megatron.core.transformer.transformer_config.MLATransformerConfig.__post_init__",
        "megatron.core.transformer.moe.router.TopKRouter.routing",
        "megatron.core.models.gpt.gpt_model.GPTModel.__init__",
    } <= found


def test_a_snapshot_keeps_them(committed: Snapshot, tmp_path: Path) -> None:
    some = replace(committed, bodies={"a.b": Body("01"), "a.c": Body("02", "03"), "a.d": Body("04", "")})
    assert '["02", "03"]' in render(some)["bodies.json"]
    for path, text in render(some).items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    assert load(tmp_path) == some


FIRST = Body("01")
DESCRIBED = {each.config for each in project.load_table().families if each.architectures}
"""Classes of the project's own, beside which there is no modeling code."""


def with_bodies(snapshot: Snapshot, **found: Body) -> Snapshot:
    """One class, with methods of these names, and the same functions for all."""
    path, kind = next((path, kind) for path, kind in snapshot.hf.items() if path not in DESCRIBED)
    own = {f"{kind.causal_lm}.{name}": body for name, body in found.items()}
    shared = {f"transformers.masking_utils.{name}": body for name, body in found.items()}
    return replace(snapshot, hf={path: replace(kind, bodies=own)}, bodies=shared)


def test_a_change_stays_until_somebody_answers(committed: Snapshot) -> None:
    old = with_bodies(committed, kept=FIRST, other=FIRST, gone=FIRST)
    new = with_bodies(committed, kept=FIRST, other=Body("02"), more=Body("03"))
    once = bodies.carried(old, new)
    (kind,) = once.hf.values()
    assert [kind.bodies[f"{kind.causal_lm}.{name}"] for name in ("kept", "other", "more")] == [
        FIRST,
        Body("02", "01"),
        Body("03", ""),
    ]
    assert once.bodies["transformers.masking_utils.more"] == Body("03", "")
    assert bodies.carried(once, new) == once
    again = bodies.carried(once, with_bodies(committed, kept=FIRST, other=Body("04"), more=Body("03")))
    assert again.bodies["transformers.masking_utils.other"] == Body("04", "02")


def test_what_is_new_to_the_table_was_read_by_its_author(committed: Snapshot) -> None:
    new = with_bodies(committed, kept=Body("02"))
    assert bodies.carried(replace(committed, hf={}), new).hf == new.hf
    # A snapshot of before there were any.
    assert bodies.carried(with_bodies(committed), new) == new


def test_what_begins_to_be_relied_on_is_new_unless_a_row_is_the_cause(committed: Snapshot) -> None:
    """A function of Megatron that begins to read a field, or one of transformers that models begin to share."""
    old, new = (with_bodies(committed, kept=FIRST, **more) for more in ({}, {"more": Body("03")}))
    shared, reader = "transformers.masking_utils.more", "megatron.core.transformer.mlp.MLP.forward"
    old = replace(old, bodies={**old.bodies, "megatron.core.transformer.mlp.MLP.__init__": FIRST})
    new = replace(new, bodies={**new.bodies, reader: Body("04")})
    path, kind = next((path, kind) for path, kind in committed.hf.items() if path not in DESCRIBED)
    causes = {
        "none": (old, new, Body("03", "")),
        "a class": (replace(old, hf={f"{path}Other": kind}), new, Body("03")),
        "a refusal": (old, replace(new, computations=(*new.computations, f"{shared}.inner")), Body("03")),
    }
    for cause, (before, after, expected) in causes.items():
        found = bodies.carried(before, after).bodies
        assert (found[shared], found[reader]) == (expected, Body("04", "")), cause
    # A recording of before there were any of Megatron's.
    assert bodies.carried(with_bodies(committed, kept=FIRST), new).bodies[reader] == Body("04")


def test_one_row_answers_for_all_that_changed_alike(committed: Snapshot) -> None:
    snapshot = with_bodies(committed, one=Body("02", "01"), two=Body("02", "01"), other=Body("03", "01"))
    row = Confirmed("transformers.masking_utils.one", "02", "why")
    (left,) = bodies.diagnose(snapshot, (row,), (), "confirmed")
    assert "transformers.masking_utils.other has changed (and alike" in left.message
    assert [found.code.value for found in bodies.diagnose(snapshot, (row, row), (), "")] == ["MAP005", "MAP028"]


def test_what_is_committed_has_an_answer_for_every_change(committed: Snapshot) -> None:
    table = project.load_table()
    assert not [*bodies.diagnose(committed, table.confirmed, table.refused_classes, "")]
    assert len(table.confirmed) == len(bodies.changed(committed))
