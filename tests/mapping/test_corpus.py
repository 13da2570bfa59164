"""Published configs map, or are refused for a reason that is listed here.

`CONFIG_CORPUS` names a folder with `<model_type>/<name>.json`.
"""

from __future__ import annotations

from collections import Counter

import pytest

from mcore_mappers import UnsupportedConfigError
from tests.mapping.support import folder, load, mapped_families, to_megatron

CORPUS = folder("CONFIG_CORPUS")
pytestmark = pytest.mark.skipif(CORPUS is None, reason="CONFIG_CORPUS names no folder of published configs")

REFUSED: dict[str, tuple[set[str], str]] = {
    "deepseek_v2/deepseek-ai__DeepSeek-V2": (
        {"topk_group"},
        "three of six experts' groups: Megatron ranks a group by its two best experts, and the model by the best",
    ),
    "deepseek_v2/deepseek-ai__DeepSeek-V2-Lite": (
        {"q_lora_rank"},
        "Megatron cannot build MLA with a norm on the latents and no query latent",
    ),
    "qwen2/Alibaba-NLP__gte-Qwen2-7B-instruct": ({"is_causal"}, "an embedding model that attends to later tokens too"),
    **dict.fromkeys(
        (
            "deepseek_v3/draft__deepseek-r1-eagle3",
            "llama/draft__deepseek-v3-671b-eagle3",
            "llama/draft__gpt-oss-120B-eagle3",
            "llama/draft__qwen3-8b-eagle3",
            "qwen2/draft__qwq-32B-eagle3",
            "qwen3/draft__qwen3-8b-dflash",
            "qwen3_moe/draft__qwen3-30B-A3B-eagle3-moe-draft",
        ),
        ({"architectures"}, "a draft: its few layers read the hidden states of another model"),
    ),
    "mistral/intfloat__e5-mistral-7b-instruct": (
        {"architectures"},
        "an embedding model: the body without output layer",
    ),
    "qwen3/draft__qwen3.5-4b-mtp": (
        {"architectures", "rope_parameters.partial_rotary_factor"},
        "a draft model whose rope says a part of each head, and the attention of the class rotates all of it",
    ),
    "deepseek_v3/moonshotai__Moonlight-16B-A3B": (
        {"q_lora_rank"},
        "Megatron cannot build MLA with a norm on the latents and no query latent",
    ),
    **dict.fromkeys(
        (
            "granite/ibm-granite__granite-3.3-8b-instruct",
            "granite/ibm-granite__granite-3.3-8b-instruct-FP8",
            "granite/ibm-granite__granite-4-8b-dense",
            "granitemoehybrid/ibm-granite__granite-4-8b-dense-hybrid",
        ),
        ({"residual_multiplier"}, "it is 0.22: Megatron adds to the residual stream what attention and MLP yield"),
    ),
    **dict.fromkeys(
        (
            "exaone4/LGAI-EXAONE__EXAONE-4.0-32B",
            "gemma2/google__gemma-2-2b",
            "gemma2/google__gemma-2-2b-it",
            "gemma2/google__gemma-2-9b",
            "gemma3_text/google__gemma-3-1b-it",
            "minimax_m2/MiniMaxAI__MiniMax-M2",
            "olmo2/allenai__OLMo-2-1124-7B-Instruct",
            "olmo3/allenai__Olmo-3.1-32B-Instruct",
        ),
        ({"class"}, "norms that stock Megatron does not have; layers do"),
    ),
    "cohere/CohereForAI__c4ai-command-r-v01": (
        {"class"},
        "attention and MLP of a layer both read the same, and are added at once",
    ),
    "minicpm3/openbmb__MiniCPM3-4B": (
        {"class"},
        "latent attention that rotates the halves of a head; stock Megatron rotates pairs of neighbours",
    ),
    "minicpm/openbmb__MiniCPM4-8B": (
        {"rope_parameters", "scale_depth"},
        "longrope, and residual branches scaled by the number of layers",
    ),
    "falcon/tiiuae__falcon-40b": (
        {"parallel_attn"},
        "attention and MLP of a layer both read the same, and are added at once",
    ),
    **dict.fromkeys(
        ("phimoe/microsoft__Phi-3.5-MoE-instruct", "phimoe/microsoft__Phi-mini-MoE-instruct"),
        ({"class"}, "SparseMixer, which stock Megatron does not have; layers do"),
    ),
    **dict.fromkeys(
        ("phi3/microsoft__Phi-3-mini-128k-instruct", "phi3/microsoft__Phi-4-mini-instruct"),
        ({"rope_parameters"}, "it is longrope, which divides every frequency by a factor of its own"),
    ),
}
"""By file: the fields that the error names, and why that is true of the model."""

NAMES = (
    [f"{family}/{path.stem}" for family in mapped_families() for path in sorted((CORPUS / family).glob("*.json"))]
    if CORPUS
    else []
)


def outcome(name: str) -> set[str]:
    """The fields for which a config is refused: none when it is mapped."""
    assert CORPUS
    try:
        to_megatron(load(CORPUS / f"{name}.json"))
    except UnsupportedConfigError as error:
        return {refusal.field for refusal in error.refusals}
    return set()


@pytest.mark.parametrize("name", NAMES)
def test_maps_or_is_refused_as_listed(name: str) -> None:
    fields, _ = REFUSED.get(name, (set[str](), ""))
    assert outcome(name) == fields


def test_counts(capsys: pytest.CaptureFixture[str]) -> None:
    assert NAMES, f"no config of a mapped family under {CORPUS}"
    mapped: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    for name in NAMES:
        (refused if name in REFUSED else mapped)[name.partition("/")[0]] += 1
    with capsys.disabled():
        print(f"\ncorpus: {mapped.total()} of {len(NAMES)} configs map, {refused.total()} are refused as listed")
        for family in mapped_families():
            print(f"  {family}: {mapped[family]} map, {refused[family]} refused")
