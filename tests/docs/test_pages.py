"""What the pages are made of agrees with the plans, and the tables behind them are complete."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from transformers.models.auto.configuration_auto import CONFIG_MAPPING

from codegen.layers import layers_class
from codegen.pages import cures, facts, layers, other_tools, others, plots, site, train
from codegen.pages.drawing import VERDICTS, Cards, drawing
from codegen.pages.mapping import Drawn, mappings
from codegen.pages.train import Answer
from codegen.plan import Side
from mcore_mappers_runtime.composite import levels
from tests.selection import some

FACTS = facts.read()
FAMILIES = some([family.name for family in FACTS.mapped], "pages")


def drawn(family: str) -> tuple[Drawn, ...]:
    return mappings(FACTS.plans[family], FACTS.snapshot)


def test_every_field_of_both_sides_is_drawn_or_listed() -> None:
    for family in FAMILIES:
        for found, mapper in zip(drawn(family), FACTS.plans[family].mappers, strict=True):
            fields = {(verdict.side, verdict.field) for verdict in mapper.verdicts}
            assert {(field.side, field.name) for field in found.fields} == fields
            markup = drawing(found, Cards())
            missing = [
                name for side, name in fields if _place(side, name) not in markup and _listed(name) not in markup
            ]
            assert missing == [], family


def _place(side: Side, name: str) -> str:
    return f'id="{"hf" if side is Side.HUGGINGFACE else "megatron"}-{name}"'


def _listed(name: str) -> str:
    return f'#field-{name}"'


def test_lines_lead_from_what_decides() -> None:
    """Both ends know of a line, and what is computed from one field has one line, from that."""
    for family in FAMILIES:
        for found in drawn(family):
            by_name = {field.name: field for field in found.of(Side.HUGGINGFACE)}
            assert not [field for field in found.right if field.verdict in ("caller", "derived")], family
            for field in found.right:
                sources = [by_name[other] for other in field.others]
                assert all(field.name in source.others and source in found.left for source in sources), family
                assert {source.verdict for source in sources} <= {"used"}, family
                read = field.expression.removeprefix("hf.")
                if read != field.expression and read.isidentifier():
                    assert field.others == (read,), family


def test_every_verdict_has_a_meaning() -> None:
    said = {field.verdict for family in FAMILIES for found in drawn(family) for field in found.fields}
    assert said <= VERDICTS.keys()


def test_a_card_says_whose_a_reason_is() -> None:
    """A guard of another field that compares it with this one stands under the name of that."""
    fields = {field.name: field for field in drawn("llama")[0].of(Side.HUGGINGFACE)}
    own, other = fields["rope_parameters"].reason.split("; ")
    assert own.startswith("dynamic NTK raises the base")
    assert other.startswith("`original_max_position_embeddings`: must be what rope_parameters says")
    assert not fields["rope_theta"].reason.startswith("`")


def test_every_field_of_layers_is_told_of() -> None:
    text = layers.tables(FACTS)
    names = [field.name for field in layers_class().fields]
    assert sorted(re.findall('id="layer-([^"]*)"', text)) == sorted(names)
    cells = dict(zip(names, (_cells_of(text, name) for name in names), strict=True))
    assert all("families/" in cell for cell in cells.values()), "a field that no family uses"
    assert "families/granite.html" in cells["residual_multiplier"]
    assert "families/llama.html" not in cells["residual_multiplier"]
    assert "vocab_<wbr>size" in cells["output_layer_bias"]
    assert "divided over tensor-parallel ranks" in cells["output_layer_bias"]
    assert "Not in hybrid models." in cells["parallel_mlp"]
    assert "Not in hybrid models." not in cells["residual_multiplier"]
    assert "by nobody who builds from a spec of layers" in cells["final_logit_softcapping"]
    assert "by nobody who builds from a spec of layers" not in cells["attn_logit_softcapping"]


def _cells_of(text: str, name: str) -> str:
    return text[text.index(f'id="layer-{name}"') :].partition("</tr>")[0]


def test_a_plot_is_drawn_for_light_pages_and_for_dark_ones() -> None:
    plot = "<style>\na { fill: #fff; }\n@media (prefers-color-scheme: dark) {\na { fill: #000; }\n}\n</style>"
    found = dict(plots.themes(plot))
    assert found["light"] == "<style>\na { fill: #fff; }\n</style>"
    assert found["dark"] == "<style>\na { fill: #fff; }\na { fill: #000; }\n</style>"
    with pytest.raises(ValueError, match="no colours for dark pages"):
        [*plots.themes("<svg></svg>")]


def test_every_computation_has_a_cure_and_no_other_has() -> None:
    assert {family.refusals[0][1] for family in FACTS.refused} == cures.read().keys()


def test_no_word_is_left_of_what_has_been_written() -> None:
    used = {word for words in FACTS.cures.values() for word in words}
    used |= {word for row in FACTS.checkpoints for word in row.freed_by}
    used |= {word for architecture in FACTS.tools.architectures for word in architecture.freed_by}
    assert used == cures.MISSING.keys()


@pytest.mark.parametrize("row", [*others.rows(FACTS)], ids=lambda row: row.architecture.model_type)
def test_what_other_tools_map_is_mapped_or_said_to_lack_something(row: others.Row) -> None:
    assert row.architecture.tools
    refused = Answer.NO in row.answers
    assert bool(row.freed_by) == bool(row.why) == refused


def test_other_tools_are_read_as_transformers_reads_them() -> None:
    for each in FACTS.tools.architectures:
        if each.model_type in CONFIG_MAPPING:
            inner = levels(CONFIG_MAPPING[each.model_type]())[-1][1]
            assert each.family == inner.model_type.replace("-", "_"), each.model_type
    assert FACTS.tools.mapping("nemotron_nas") == ("Megatron-Bridge",)
    assert FACTS.tools.mapping("qwen3") == ("Megatron-Bridge", "mcore-bridge", "mbridge", "slime")


@pytest.mark.parametrize(
    "text",
    ["model_type\tfamily\tA 1\tfreed_by\tdiffers\nllama\tllama\tperhaps\t\t\n", "computation\tfreed_by\nALiBi\tluck\n"],
)
def test_words_of_the_tables_are_of_a_closed_list(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = tmp_path / "table.tsv"
    table.write_text(text)
    module = other_tools if text.startswith("model_type") else cures
    monkeypatch.setattr(module, "TABLE", table)
    with pytest.raises(ValueError, match=r"perhaps|luck"):
        module.read()


def test_the_table_answers_for_all() -> None:
    rows = [*train.rows(FACTS)]
    assert len(rows) == len(FACTS.checkpoints) + len(FACTS.families)
    for row in rows:
        assert bool(row.why) == (row.answer is not Answer.YES)
        maps = row.answer in (Answer.YES, Answer.LAYERS)
        assert bool(row.needs) == maps
        if row.kind == "family":
            assert (row.proven is not None) == maps
    by_name = {row.name: row for row in rows}
    assert by_name["Laguna XS.2"].answer is Answer.NO
    assert "A gate of this kind" in by_name["Laguna XS.2"].cure
    assert by_name["Granite 3, dense"].answer is by_name["Olmo2Config"].answer is Answer.LAYERS
    assert by_name["LlamaConfig"].tools == FACTS.tools.by_type["llama"].tools


@pytest.mark.parametrize(
    ("link", "moved"),
    [
        ("[pages](docs/window.md#logits)", "[pages](window.md#logits)"),
        ("[families](docs/families.md#families-that-map)", "[families](train.md)"),
        ("[docs/families.md](docs/families.md#families-that-map)", "[](train.md)"),
        ("[`docs/window.md`](docs/window.md)", "[](window.md)"),
        ("[a file](checkpoints.tsv)", "a file"),
        ("[checkpoints.tsv](checkpoints.tsv)", "checkpoints.tsv"),
        ("[here](#use)", "[here](#use)"),
        ("[uv](https://example.org)", "[uv](https://example.org)"),
    ],
)
def test_links_of_the_repository_lead_to_the_site(link: str, moved: str) -> None:
    assert site.moved(link, {"window.md", "train.md"}) == moved
