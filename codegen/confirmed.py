"""Bodies of upstream that changed, and that somebody has read since: what relies on them is true of what they are now.

A row holds for all bodies that changed alike. It goes when its body changes again.
"""

from __future__ import annotations

from typing import Final

from codegen.table import Confirmed

_PACKED: Final = (
    "how sequences that are packed into one row are kept apart; a row of one sequence has the mask that it had"
)
_ROUTER: Final = "the router's weight or its bias is created in float32, in which both were and are computed with"
_PARALLEL: Final = "arguments and results are passed otherwise; attention and MLP are in parallel as before"
_CREATED: Final = "weights are created in float32, and used as before"
_CHUNKS: Final = "a layer of the type chunked_attention has a chunk size; the reasons about chunks are of this release"
_REUSED: Final = "which layers reuse keys and values, of models in which all do; the reason is another computation"
_ELSE: Final = (
    "a layer of any type but linear_attention has full attention; mappers take full_attention alone beside it"
)

CONFIRMED: Final[tuple[Confirmed, ...]] = (
    Confirmed("transformers.masking_utils.create_causal_mask", "b2ecfcae3b27", _PACKED),
    Confirmed("transformers.masking_utils.create_chunked_causal_mask", "8e7060147da7", _PACKED),
    Confirmed("transformers.masking_utils.create_sliding_window_causal_mask", "7395eb8730ee", _PACKED),
    Confirmed("transformers.models.axk1.modeling_axk1.AXK1TopkRouter.__init__", "5ea37eee01b1", _ROUTER),
    Confirmed(
        "transformers.models.bailing_hybrid.modeling_bailing_hybrid.BailingHybridDeltaAttention",
        "97dc36bfc817",
        _CREATED,
    ),
    Confirmed("transformers.models.codegen.modeling_codegen.CodeGenBlock", "ce9af3d4d3d6", _PARALLEL),
    Confirmed(
        "transformers.models.deepseek_v2.modeling_deepseek_v2.DeepseekV2TopkRouter.__init__", "a392b4c0814e", _ROUTER
    ),
    Confirmed(
        "transformers.models.deepseek_v32.modeling_deepseek_v32.DeepseekV32TopkRouter.__init__", "5ea37eee01b1", _ROUTER
    ),
    Confirmed(
        "transformers.models.exaone_moe.modeling_exaone_moe.ExaoneMoeTopkRouter.__init__", "86687f34e201", _ROUTER
    ),
    Confirmed(
        "transformers.models.falcon.modeling_falcon.FalconModel.forward",
        "7db6efe181a2",
        "the mask gets the positions, which tell packed sequences apart; one sequence has the mask that it had",
    ),
    Confirmed("transformers.models.flint.modeling_flint.FlintAttention.__init__", "72b666286729", _CREATED),
    Confirmed("transformers.models.flint.modeling_flint.FlintTopKRouter.__init__", "71cd7c42888b", _ROUTER),
    Confirmed("transformers.models.gemma4.configuration_gemma4.Gemma4TextConfig", "d425a3c8a05d", _REUSED),
    Confirmed(
        "transformers.models.gemma4_unified.configuration_gemma4_unified.Gemma4UnifiedTextConfig",
        "c1974ed40428",
        _REUSED,
    ),
    Confirmed("transformers.models.gptj.modeling_gptj.GPTJBlock", "ce9af3d4d3d6", _PARALLEL),
    Confirmed("transformers.models.hy_v3.modeling_hy_v3.HYV3MoE.__init__", "8745a57a7506", _ROUTER),
    Confirmed("transformers.models.hy_v3.modeling_hy_v3.HYV3TopKRouter.__init__", "0c8378befcf2", _ROUTER),
    Confirmed("transformers.models.hy_v4.modeling_hy_v4.HYV4HyperConnection", "d87c4f9400d8", _CREATED),
    Confirmed(
        "transformers.models.inkling2.modeling_inkling2.Inkling2BlockAttentionResidual",
        "296bcdb82343",
        "the attention over blocks runs through the chosen implementation, and is the same attention",
    ),
    Confirmed(
        "transformers.models.llama4.configuration_llama4.Llama4TextConfig.__post_init__", "b1923e984132", _CHUNKS
    ),
    Confirmed("transformers.models.llama4.modeling_llama4.Llama4TextModel.forward", "20ced20b55b5", _CHUNKS),
    Confirmed("transformers.models.qwen3_5.modeling_qwen3_5.Qwen3_5DecoderLayer.__init__", "ed3927cd7eae", _ELSE),
    Confirmed("transformers.models.qwen3_5.modeling_qwen3_5.Qwen3_5DecoderLayer.forward", "1e465504820e", _ELSE),
)
