"""Real bumps, replayed with the table of today: from each recorded release to the one that was recorded after it.

The pins are none of their ends, so that a bump adds a pair and leaves the others as they are.

What a bump changes in the generated modules stands in `expected/<bump>.diff`, and its whole report in
`expected/<bump>.md`. Neither is edited by hand; after a change of the table or the report, rewrite and read them:

    UPDATE_BUMPS=1 python -m pytest tests/bumps/test_replay.py

What must be in a report was counted without the generator, from the dataclasses of the releases themselves.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from codegen.diagnostics import Code
from codegen.drift import Finding, Report, report
from codegen.drift.effects import Effect
from codegen.drift.kinds import Kind
from codegen.drift.render import markdown, terminal
from codegen.recordings import releases
from codegen.releases import ReleaseError, require_readable
from tests.bumps.support import TABLE, Release, at, difference, hunks, release
from tests.selection import draw

pytestmark = pytest.mark.costly

EXPECTED = Path(__file__).parent / "expected"
UPDATE = bool(os.environ.get("UPDATE_BUMPS"))
PACKAGES = ("transformers", "megatron-core")
INNER = "megatron.core.transformer.transformer_config.TransformerConfig"


@dataclass(frozen=True)
class Bump:
    """One package from one release to the next."""

    package: str
    old: str
    new: str

    @property
    def name(self) -> str:
        return f"{self.package}-{self.old}-to-{self.new}"

    @property
    def keyword(self) -> str:
        """What `at` and `release` call the package."""
        return "transformers" if self.package == "transformers" else "megatron"

    def releases(self) -> tuple[Release, Release]:
        return release(**{self.keyword: self.old}), release(**{self.keyword: self.new})

    def causal_lm(self) -> Mapping[str, str]:
        """What the bump ends with, less what was left out before it; whatever is new is asked about."""
        old, _ = self.releases()
        known = at(**{self.keyword: self.new}).causal_lm
        return {name: path for name, path in known.items() if path not in old.left_out}

    def modules(self) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """What is generated of the families that need no decision on either side."""
        old, new = self.releases()
        both = old.fit.keys() & new.fit.keys()
        return old.modules(both), new.modules(both)


BUMPS = tuple(Bump(package, old, new) for package in PACKAGES for old, new in pairwise(releases(package)))
SOME = BUMPS if UPDATE else draw(BUMPS, 0, "bumps", kinds=lambda bump: [bump.package])
"""Those of a slice: one of each package."""


@cache
def replayed(bump: Bump) -> Report:
    """The report that the bump would have had: of the table that fitted before it."""
    old, new = bump.releases()
    return report(old.table, old.snapshot, replace(new.snapshot, causal_lm=bump.causal_lm()))


def expect(name: str, text: str) -> None:
    file = EXPECTED / name
    if UPDATE:
        file.write_text(text, encoding="utf-8")
    assert file.read_text("utf-8") == text


def test_every_report_is_of_a_bump() -> None:
    assert {file.name for file in EXPECTED.iterdir()} == {
        f"{bump.name}.{kind}" for bump in BUMPS for kind in ("md", "diff")
    }


@pytest.mark.parametrize("bump", SOME, ids=lambda bump: bump.name)
def test_the_report_is_as_it_was(bump: Bump) -> None:
    expect(f"{bump.name}.md", markdown(replayed(bump)))


@pytest.mark.parametrize("bump", SOME, ids=lambda bump: bump.name)
def test_the_diff_of_generated_code_holds_what_the_bump_explains(bump: Bump) -> None:
    old, new = bump.modules()
    expect(f"{bump.name}.diff", difference(old, new))
    fields, unread = _names(replayed(bump)), _unread(new)
    explained = fields | _parts(fields)
    for path in old.keys() & new.keys():
        for hunk in hunks(old[path], new[path]):
            if all(line[1:].startswith("from ") for line in hunk):
                continue  # what is imported is used in lines that are looked at
            words = set(re.findall(r"\w+", " ".join(hunk)))
            # Fields that a part leaves unread stand in a constant of the part.
            words |= {name for constant in words & unread.keys() for name in unread[constant]}
            assert words & explained or bump.new in " ".join(hunk), (path, hunk)


def _parts(fields: Set[str]) -> Set[str]:
    """The parts with a row about one of these fields: families take a part as a whole, or do not."""
    return {
        named.name
        for part, named in TABLE.places.parts.items()
        if any(fields & {*row.names, *row.targets} for row in part.rows)
    }


def _unread(modules: Mapping[str, str]) -> Mapping[str, set[str]]:
    """The fields in each constant of them that the modules of parts have."""
    found = (match for text in modules.values() for match in re.finditer(r"(\w+_UNREAD)\b[^=\n]*= \(([^)]*)\)", text))
    return {match[1]: set(re.findall(r"\w+", match[2])) for match in found}


def _names(found: Report) -> set[str]:
    """The names that changed, the new ones of what was renamed included."""
    names = {finding.name for finding in found.findings}
    # A type that is new to the package is imported.
    return names | {word for finding in found.findings for word in re.findall(r"\w+", finding.detail)}


@dataclass(frozen=True)
class Counted:
    """What `TransformerConfig` has in one of two releases alone, seen by `dataclasses.fields` of both."""

    bump: Bump
    fields: tuple[int, int]
    added: frozenset[str]
    removed: frozenset[str]
    defaults: frozenset[str]
    """Fields whose default is another value."""


def _names_of(text: str) -> frozenset[str]:
    return frozenset(text.split())


COUNTED = (
    Counted(
        Bump("megatron-core", "0.16.1", "0.17.1"),
        fields=(242, 259),
        added=_names_of("""
        cpu_offloading_retain_pinned_cpu_buffers
        fused_residual_rmsnorm
        inference_disable_triton_nvls_kernels
        inference_grouped_gemm_backend
        inference_moe_disable_fused_quant_kernels
        moe_hybridep_num_blocks_permute
        moe_hybridep_num_blocks_unpermute
        moe_pad_experts_for_cuda_graph_inference
        moe_permute_fusion_into_hybridep
        moe_router_force_biased
        mtp_hybrid_override_pattern
        mtp_use_repeated_layer
        mup_attn_scale_power
        mup_base_head_dim
        mup_base_hidden_size
        mup_embedding_mult
        mup_output_mult
        mup_width_mult
        nccl_all_reduce_for_prefill
        use_mup
    """),
        removed=frozenset(["async_tensor_model_parallel_allreduce", "moe_extended_tp", "moe_use_legacy_grouped_gemm"]),
        defaults=frozenset(["moe_hybridep_num_sms"]),
    ),
    Counted(
        Bump("megatron-core", "0.17.1", "0.18.2"),
        fields=(259, 278),
        added=_names_of("""
        cuda_graph_modules
        fine_grained_offloading_max_inflight_offloads
        fp8_output_proj
        high_priority_a2a_comm_stream
        inference_cuda_graph_scope
        inference_moe_token_dispatcher_type
        mlp_chunks_for_training
        moe_expert_rank_capacity_factor
        moe_hybridep_num_sms_preprocessing
        moe_mlp_glu_interleave_size
        moe_paged_stash
        moe_paged_stash_buffer_size_factor_cpu
        moe_paged_stash_buffer_size_factor_cuda
        moe_paged_stash_page_size
        moe_single_grouped_bias
        moe_single_grouped_weight
        overlap_dispatch_backward_with_experts_wgrad
        use_grouped_gemm_for_dense_mlp
        use_transformer_engine_op_fuser
    """),
        removed=frozenset([]),
        defaults=frozenset(["cuda_graph_scope", "cuda_graph_use_single_mempool", "inference_grouped_gemm_backend"]),
    ),
    Counted(
        Bump("megatron-core", "0.18.2", "0.19.0"),
        fields=(278, 306),
        added=_names_of("""
        activation_offload_fraction
        delay_offload_until_cuda_graph
        delta_offload_bytes_across_pp_ranks
        dsa_indexer_k_norm_epsilon
        dsa_indexer_k_norm_fp32
        dsa_indexer_rope_interleaved
        dsa_indexer_rotate_activation
        dsa_indexer_scoring_relu
        dsa_indexer_skip_topk_offset
        dsa_indexer_topk_freq
        dsa_kernel_backend
        experimental_attention_variant_loss_scale_func
        expert_gtp_weight_remat_size
        expert_tensor_parallel_num_weight_shards
        flash_attention_version
        gtp_weight_remat_size
        mamba_training_ssm_states_dtype
        moe_flex_dispatcher_num_sms
        moe_grad_scale_func
        moe_hybridep_pad_uneven_dispatch_inputs
        moe_ncclep_static_shape
        moe_ncclep_zero_copy
        moe_router_quantile_balancing_ema
        moe_shared_expert_glu_interleave_size
        mtp_detach_heads
        mtp_grad_scale_func
        tensor_parallel_num_weight_shards
        use_grouped_gemm_for_shared_expert
    """),
        removed=frozenset([]),
        defaults=frozenset(["moe_deepep_num_sms"]),
    ),
    Counted(
        Bump("megatron-core", "0.19.0", "0.19.2"),
        fields=(306, 306),
        added=frozenset(),
        removed=frozenset([]),
        defaults=frozenset([]),
    ),
)


@pytest.mark.parametrize("counted", draw(COUNTED, 1, "counted bumps"), ids=lambda counted: counted.bump.name)
def test_the_report_of_megatron_has_what_was_counted(counted: Counted) -> None:
    old, new = counted.bump.releases()
    assert tuple(len(side.snapshot.megatron[INNER].fields) for side in (old, new)) == counted.fields
    found = [finding for finding in replayed(counted.bump).findings if "TransformerConfig" in finding.owners]
    assert _of(found, Kind.ADDED) | _becomes(found) == counted.added
    assert _of(found, Kind.REMOVED) | _of(found, Kind.RENAMED) == counted.removed
    assert _of(found, Kind.DEFAULT) == counted.defaults
    # Whatever is new needs an owner, and the resolver says so of each.
    asked = {finding.name for finding in found if any(ask.code is Code.NO_OWNER for ask in finding.asks)}
    assert counted.added == asked | _becomes(found)


WITH_ROUTER_LOGITS = _names_of("""
    AXK1Config DeepseekOcr2TextConfig DeepseekV2Config DeepseekV32Config DeepseekV3Config Dots1Config ExaoneMoeConfig
    Glm4MoeConfig Glm4MoeLiteConfig GlmMoeDsaConfig HunYuanMoEV1Config Lfm2MoeConfig MiMoV2FlashConfig Mistral4Config
    NemotronHConfig SolarOpenConfig Step3p7TextConfig
""")

FIRST, SECOND = Bump("transformers", "5.12.1", "5.18.0"), Bump("transformers", "5.18.0", "5.23.0")


@pytest.mark.parametrize(
    ("bump", "kind", "name", "owners"),
    [
        (FIRST, Kind.ADDED, "num_mtp_layers", {"DeepseekV3Config", "Glm4MoeConfig"}),
        (FIRST, Kind.REMOVED, "time_step_min", {"BambaConfig", "GraniteMoeHybridConfig"}),
        (FIRST, Kind.REMOVED, "time_step_max", {"BambaConfig", "GraniteMoeHybridConfig"}),
        (FIRST, Kind.REMOVED, "num_experts", {"DeepseekV32Config", "GlmMoeDsaConfig"}),
        (FIRST, Kind.REMOVED, "rms_norm", {"Mamba2Config"}),
        (FIRST, Kind.DEFAULT, "vocab_size", {"DeepseekOcr2TextConfig", "DeepseekV2Config"}),
        (SECOND, Kind.ADDED, "output_router_logits", WITH_ROUTER_LOGITS),
        (SECOND, Kind.ADDED, "mlp_layer_types", {"AXK1Config"}),
        (SECOND, Kind.REMOVED, "first_k_dense_replace", {"AXK1Config"}),
        (SECOND, Kind.ADDED, "num_mtp_layers", {"MellumConfig"}),
        (SECOND, Kind.ADDED, "mtp_layer_types", {"MellumConfig"}),
        (SECOND, Kind.ADDED, "mtp_mlp_layer_types", {"MellumConfig"}),
        (SECOND, Kind.ADDED, "swiglu_limit", {"GptOssConfig"}),
        (SECOND, Kind.ADDED, "swiglu_alpha", {"GptOssConfig"}),
    ],
)
def test_the_report_of_transformers_has_what_was_counted(bump: Bump, kind: Kind, name: str, owners: set[str]) -> None:
    found = [one for one in replayed(bump).findings if (one.kind, one.what, one.name) == (kind, "field", name)]
    assert {owner for finding in found for owner in finding.owners} == owners


def _of(found: list[Finding], kind: Kind) -> set[str]:
    return {finding.name for finding in found if finding.kind is kind and finding.what == "field"}


def _becomes(found: list[Finding]) -> set[str]:
    return {finding.detail.split()[1] for finding in found if finding.kind is Kind.RENAMED}


def test_what_moved_into_rope_parameters_is_seen_on_both_sides() -> None:
    """`partial_rotary_factor` was set by classes, and is now read from a config that does not declare it."""
    classes = {"GlmConfig", "NemotronConfig", "PersimmonConfig", "StableLmConfig", "Qwen3NextConfig"}
    found = replayed(SECOND).findings
    for kind, what in ((Kind.REMOVED, "field"), (Kind.READ, "undeclared attribute")):
        named = [one for one in found if (one.kind, one.what, one.name) == (kind, what, "partial_rotary_factor")]
        assert classes <= {owner for finding in named for owner in finding.owners}


def test_a_patch_release_that_changed_nothing_says_so() -> None:
    found = replayed(Bump("megatron-core", "0.19.0", "0.19.2"))
    assert (found.findings, found.cosmetics, found.asks) == ((), (), ())
    assert terminal(found).splitlines() == ["megatron-core 0.19.0 -> 0.19.2", "Nothing to decide; 0 cosmetic changes."]


def test_a_release_before_dataclasses_is_refused_with_a_clear_word() -> None:
    """The bump from 4.57.1 to 5.4 has no report: the older side says nothing that could be compared."""
    require_readable("transformers", "5.4.0")
    with pytest.raises(ReleaseError, match=r"4\.57\.1 cannot be introspected: before 5\.4\.0 .* no dataclasses"):
        require_readable("transformers", "4.57.1")


def test_a_report_is_the_same_whenever_it_is_made() -> None:
    old, new = SECOND.releases()
    known = dict(reversed([*SECOND.causal_lm().items()]))
    turned = replace(new.snapshot, hf=dict(reversed(new.snapshot.hf.items())), causal_lm=known)
    assert markdown(report(old.table, old.snapshot, turned)) == markdown(replayed(SECOND))


@pytest.mark.parametrize("bump", SOME, ids=lambda bump: bump.name)
def test_a_report_says_what_becomes_of_mappers_and_folds_what_decides_nothing(bump: Bump) -> None:
    text, found = markdown(replayed(bump)), replayed(bump)
    headings = [line.partition(" (")[0] for line in text.splitlines() if line.startswith("## ")]
    kinds = list(dict.fromkeys(finding.kind for finding in found.findings))
    assert kinds == sorted(kinds, key=list(Kind).index)
    assert [heading.lower() for heading in headings[: len(kinds)]] == [
        f"## {kind.value.partition(' (')[0]}" for kind in kinds
    ]
    assert ("<details>" in text) == bool(found.cosmetics)
    silent = {finding.name for finding in found.findings if Effect.SILENT in finding.effects}
    assert all(name in text for name in silent)


def test_transformers_5_24_computes_chunks_otherwise() -> None:
    """The reason of llama4_text about chunks of None was true of 5.23.0 alone."""
    # Before anybody had read it.
    table = replace(TABLE, confirmed=())
    changed = report(table, at(transformers="5.23.0"), at(transformers="5.24.0"))
    found = [finding for finding in changed.findings if finding.kind is Kind.BODY]
    (post_init,) = [one for one in found if "Llama4TextConfig.__post_init__" in one.name]
    assert post_init.owners == ("Llama4TextConfig",)
    assert any("Llama4TextModel.forward" in one.name for one in found)
    assert [ask.code.value for ask in post_init.asks] == ["MAP028"]
    assert sum(len(one.owners) or 1 for one in found) < len(TABLE.families)
