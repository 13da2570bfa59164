"""`to_megatron` for any config: the mapper is found by the exact class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from mcore_mappers_runtime.dispatch import mapped

if TYPE_CHECKING:
    from typing import Literal, Unpack

    from megatron.training.models.base import ModelConfig
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig
    from transformers.configuration_utils import PreTrainedConfig
    from transformers.models.afmoe.configuration_afmoe import AfmoeConfig
    from transformers.models.apertus.configuration_apertus import ApertusConfig
    from transformers.models.apertus1p5.configuration_apertus1p5 import Apertus1p5TextConfig
    from transformers.models.arcee.configuration_arcee import ArceeConfig
    from transformers.models.aria.configuration_aria import AriaTextConfig
    from transformers.models.axk1.configuration_axk1 import AXK1Config
    from transformers.models.bamba.configuration_bamba import BambaConfig
    from transformers.models.biogpt.configuration_biogpt import BioGptConfig
    from transformers.models.codegen.configuration_codegen import CodeGenConfig
    from transformers.models.cohere.configuration_cohere import CohereConfig
    from transformers.models.cohere2.configuration_cohere2 import Cohere2Config
    from transformers.models.cosmos3_edge.configuration_cosmos3_edge import Cosmos3EdgeTextConfig
    from transformers.models.cwm.configuration_cwm import CwmConfig
    from transformers.models.deepseek_ocr2.configuration_deepseek_ocr2 import DeepseekOcr2TextConfig
    from transformers.models.deepseek_v2.configuration_deepseek_v2 import DeepseekV2Config
    from transformers.models.deepseek_v3.configuration_deepseek_v3 import DeepseekV3Config
    from transformers.models.deepseek_v32.configuration_deepseek_v32 import DeepseekV32Config
    from transformers.models.dots1.configuration_dots1 import Dots1Config
    from transformers.models.emu3.configuration_emu3 import Emu3TextConfig
    from transformers.models.ernie4_5.configuration_ernie4_5 import Ernie4_5Config
    from transformers.models.ernie4_5_moe.configuration_ernie4_5_moe import Ernie4_5_MoeConfig
    from transformers.models.exaone.configuration_exaone import ExaoneConfig
    from transformers.models.exaone4.configuration_exaone4 import Exaone4Config
    from transformers.models.exaone_moe.configuration_exaone_moe import ExaoneMoeConfig
    from transformers.models.falcon.configuration_falcon import FalconConfig
    from transformers.models.flex_olmo.configuration_flex_olmo import FlexOlmoConfig
    from transformers.models.flint.configuration_flint import FlintConfig
    from transformers.models.gemma.configuration_gemma import GemmaConfig
    from transformers.models.gemma2.configuration_gemma2 import Gemma2Config
    from transformers.models.gemma3.configuration_gemma3 import Gemma3TextConfig
    from transformers.models.glm.configuration_glm import GlmConfig
    from transformers.models.glm4.configuration_glm4 import Glm4Config
    from transformers.models.glm4_moe.configuration_glm4_moe import Glm4MoeConfig
    from transformers.models.glm4_moe_lite.configuration_glm4_moe_lite import Glm4MoeLiteConfig
    from transformers.models.glm4v.configuration_glm4v import Glm4vTextConfig
    from transformers.models.glm4v_moe.configuration_glm4v_moe import Glm4vMoeTextConfig
    from transformers.models.glm_moe_dsa.configuration_glm_moe_dsa import GlmMoeDsaConfig
    from transformers.models.glm_ocr.configuration_glm_ocr import GlmOcrTextConfig
    from transformers.models.gpt2.configuration_gpt2 import GPT2Config
    from transformers.models.gpt_bigcode.configuration_gpt_bigcode import GPTBigCodeConfig
    from transformers.models.gpt_neo.configuration_gpt_neo import GPTNeoConfig
    from transformers.models.gpt_neox.configuration_gpt_neox import GPTNeoXConfig
    from transformers.models.gpt_oss.configuration_gpt_oss import GptOssConfig
    from transformers.models.gptj.configuration_gptj import GPTJConfig
    from transformers.models.granite.configuration_granite import GraniteConfig
    from transformers.models.granite4_vision.configuration_granite4_vision import Granite4VisionTextConfig
    from transformers.models.granite_docling.configuration_granite_docling import GraniteDoclingTextConfig
    from transformers.models.granite_swa.configuration_granite_swa import GraniteSWAConfig
    from transformers.models.granitemoe.configuration_granitemoe import GraniteMoeConfig
    from transformers.models.granitemoe_swa.configuration_granitemoe_swa import GraniteMoeSWAConfig
    from transformers.models.granitemoehybrid.configuration_granitemoehybrid import GraniteMoeHybridConfig
    from transformers.models.granitemoeshared.configuration_granitemoeshared import GraniteMoeSharedConfig
    from transformers.models.helium.configuration_helium import HeliumConfig
    from transformers.models.hunyuan_v1_dense.configuration_hunyuan_v1_dense import HunYuanDenseV1Config
    from transformers.models.hunyuan_v1_moe.configuration_hunyuan_v1_moe import HunYuanMoEV1Config
    from transformers.models.hy_v3.configuration_hy_v3 import HYV3Config
    from transformers.models.hyperclovax.configuration_hyperclovax import HyperCLOVAXConfig
    from transformers.models.internlm3.configuration_internlm3 import InternLM3Config
    from transformers.models.iquestcoder.configuration_iquestcoder import IQuestCoderConfig
    from transformers.models.jais2.configuration_jais2 import Jais2Config
    from transformers.models.lara_mini.configuration_lara_mini import LaraMiniConfig
    from transformers.models.lfm2.configuration_lfm2 import Lfm2Config
    from transformers.models.lfm2_moe.configuration_lfm2_moe import Lfm2MoeConfig
    from transformers.models.lfm3.configuration_lfm3 import Lfm3Config
    from transformers.models.llama.configuration_llama import LlamaConfig
    from transformers.models.llama4.configuration_llama4 import Llama4TextConfig
    from transformers.models.mamba2.configuration_mamba2 import Mamba2Config
    from transformers.models.mellum.configuration_mellum import MellumConfig
    from transformers.models.mimo_v2_flash.configuration_mimo_v2_flash import MiMoV2FlashConfig
    from transformers.models.minicpm3.configuration_minicpm3 import MiniCPM3Config
    from transformers.models.minimax_m2.configuration_minimax_m2 import MiniMaxM2Config
    from transformers.models.minimax_m3_vl.configuration_minimax_m3_vl import MiniMaxM3VLTextConfig
    from transformers.models.ministral.configuration_ministral import MinistralConfig
    from transformers.models.ministral3.configuration_ministral3 import Ministral3Config
    from transformers.models.mistral.configuration_mistral import MistralConfig
    from transformers.models.mistral4.configuration_mistral4 import Mistral4Config
    from transformers.models.mixtral.configuration_mixtral import MixtralConfig
    from transformers.models.molmo2.configuration_molmo2 import Molmo2TextConfig
    from transformers.models.nemotron.configuration_nemotron import NemotronConfig
    from transformers.models.nemotron_h.configuration_nemotron_h import NemotronHConfig
    from transformers.models.olmo.configuration_olmo import OlmoConfig
    from transformers.models.olmo2.configuration_olmo2 import Olmo2Config
    from transformers.models.olmo3.configuration_olmo3 import Olmo3Config
    from transformers.models.olmoe.configuration_olmoe import OlmoeConfig
    from transformers.models.opt.configuration_opt import OPTConfig
    from transformers.models.paddleocr_vl.configuration_paddleocr_vl import PaddleOCRTextConfig
    from transformers.models.persimmon.configuration_persimmon import PersimmonConfig
    from transformers.models.phi.configuration_phi import PhiConfig
    from transformers.models.phi3.configuration_phi3 import Phi3Config
    from transformers.models.phimoe.configuration_phimoe import PhimoeConfig
    from transformers.models.qwen2.configuration_qwen2 import Qwen2Config
    from transformers.models.qwen2_5_omni.configuration_qwen2_5_omni import Qwen2_5OmniTextConfig
    from transformers.models.qwen2_5_vl.configuration_qwen2_5_vl import Qwen2_5_VLTextConfig
    from transformers.models.qwen2_moe.configuration_qwen2_moe import Qwen2MoeConfig
    from transformers.models.qwen2_vl.configuration_qwen2_vl import Qwen2VLTextConfig
    from transformers.models.qwen3.configuration_qwen3 import Qwen3Config
    from transformers.models.qwen3_5.configuration_qwen3_5 import Qwen3_5TextConfig
    from transformers.models.qwen3_5_moe.configuration_qwen3_5_moe import Qwen3_5MoeTextConfig
    from transformers.models.qwen3_moe.configuration_qwen3_moe import Qwen3MoeConfig
    from transformers.models.qwen3_next.configuration_qwen3_next import Qwen3NextConfig
    from transformers.models.qwen3_omni_moe.configuration_qwen3_omni_moe import Qwen3OmniMoeTextConfig
    from transformers.models.qwen3_vl.configuration_qwen3_vl import Qwen3VLTextConfig
    from transformers.models.qwen3_vl_moe.configuration_qwen3_vl_moe import Qwen3VLMoeTextConfig
    from transformers.models.sarvam_mla.configuration_sarvam_mla import SarvamMLAConfig
    from transformers.models.sarvam_moe.configuration_sarvam_moe import SarvamMoEConfig
    from transformers.models.seed_oss.configuration_seed_oss import SeedOssConfig
    from transformers.models.smollm3.configuration_smollm3 import SmolLM3Config
    from transformers.models.solar_open.configuration_solar_open import SolarOpenConfig
    from transformers.models.stablelm.configuration_stablelm import StableLmConfig
    from transformers.models.starcoder2.configuration_starcoder2 import Starcoder2Config
    from transformers.models.step3p7.configuration_step3p7 import Step3p7TextConfig
    from transformers.models.unlimited_ocr.configuration_unlimited_ocr import UnlimitedOcrTextConfig
    from transformers.models.vaultgemma.configuration_vaultgemma import VaultGemmaConfig
    from transformers.models.youtu.configuration_youtu import YoutuConfig

    from mcore_mappers_runtime.described.deepseek import DeepseekConfig
    from mcore_mappers_runtime.described.minicpm import MiniCPMConfig
    from mcore_mappers_runtime.described.nemotron_nas import NemotronNasConfig
    from mcore_mappers_runtime.layers.configs import LayeredGPTModelConfig, LayeredHybridModelConfig

    from .typing import AnyFields, GPTFields, GPTHeterogeneousFields, GPTLearnedFields, GPTMLAFields, HybridFields


@overload
def to_megatron(
    hf: AfmoeConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: ApertusConfig, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: ApertusConfig, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: Apertus1p5TextConfig, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: Apertus1p5TextConfig, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: ArceeConfig, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: ArceeConfig, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: AriaTextConfig, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: AriaTextConfig, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: AXK1Config, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTMLAFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: AXK1Config, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTMLAFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: BambaConfig, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[HybridFields]
) -> HybridModelConfig: ...
@overload
def to_megatron(
    hf: BambaConfig, /, *, strict: bool = False, layers: bool, **caller: Unpack[HybridFields]
) -> HybridModelConfig | LayeredHybridModelConfig: ...
@overload
def to_megatron(
    hf: BioGptConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTLearnedFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: CodeGenConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: CohereConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: Cohere2Config, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: Cosmos3EdgeTextConfig, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: Cosmos3EdgeTextConfig, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: CwmConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: DeepseekConfig, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: DeepseekConfig, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: DeepseekOcr2TextConfig, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: DeepseekOcr2TextConfig, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: DeepseekV2Config, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTMLAFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: DeepseekV2Config, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTMLAFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: DeepseekV3Config, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTMLAFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: DeepseekV3Config, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTMLAFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: DeepseekV32Config, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTMLAFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: Dots1Config, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: Dots1Config, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: Emu3TextConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: Ernie4_5Config, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: Ernie4_5_MoeConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: ExaoneConfig, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: ExaoneConfig, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: Exaone4Config, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: ExaoneMoeConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: FalconConfig, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: FalconConfig, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: FlexOlmoConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: FlintConfig, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: FlintConfig, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: GemmaConfig, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: GemmaConfig, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: Gemma2Config, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: Gemma3TextConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: GlmConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: Glm4Config, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: Glm4MoeConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: Glm4MoeLiteConfig, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTMLAFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: Glm4MoeLiteConfig, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTMLAFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: Glm4vMoeTextConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: Glm4vTextConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: GlmMoeDsaConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTMLAFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: GlmOcrTextConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: GPT2Config, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTLearnedFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: GPTBigCodeConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTLearnedFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: GPTNeoConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTLearnedFields]
) -> LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: GPTNeoXConfig, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: GPTNeoXConfig, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: GptOssConfig, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: GptOssConfig, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: GPTJConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: GraniteConfig, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: GraniteConfig, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: Granite4VisionTextConfig,
    /,
    *,
    strict: bool = False,
    layers: Literal[False] = False,
    **caller: Unpack[GPTFields],
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: Granite4VisionTextConfig, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: GraniteDoclingTextConfig,
    /,
    *,
    strict: bool = False,
    layers: Literal[False] = False,
    **caller: Unpack[GPTFields],
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: GraniteDoclingTextConfig, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: GraniteSWAConfig, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: GraniteSWAConfig, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: GraniteMoeConfig, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: GraniteMoeConfig, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: GraniteMoeSWAConfig, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: GraniteMoeSWAConfig, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: GraniteMoeHybridConfig,
    /,
    *,
    strict: bool = False,
    layers: Literal[False] = False,
    **caller: Unpack[HybridFields],
) -> HybridModelConfig: ...
@overload
def to_megatron(
    hf: GraniteMoeHybridConfig, /, *, strict: bool = False, layers: bool, **caller: Unpack[HybridFields]
) -> HybridModelConfig | LayeredHybridModelConfig: ...
@overload
def to_megatron(
    hf: GraniteMoeSharedConfig, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: GraniteMoeSharedConfig, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: HeliumConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: HunYuanDenseV1Config, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: HunYuanMoEV1Config, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: HYV3Config, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: HYV3Config, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: HyperCLOVAXConfig, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: HyperCLOVAXConfig, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: InternLM3Config, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: IQuestCoderConfig, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: IQuestCoderConfig, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: Jais2Config, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: Jais2Config, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: LaraMiniConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: Lfm2Config, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: Lfm2MoeConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: Lfm3Config, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: Lfm3Config, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: LlamaConfig, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: LlamaConfig, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: Llama4TextConfig, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: Llama4TextConfig, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: Mamba2Config, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[HybridFields]
) -> HybridModelConfig: ...
@overload
def to_megatron(
    hf: MellumConfig, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: MellumConfig, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: MiMoV2FlashConfig, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: MiMoV2FlashConfig, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: MiniCPMConfig, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: MiniCPMConfig, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: MiniCPM3Config, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTMLAFields]
) -> LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: MiniMaxM2Config, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: MiniMaxM3VLTextConfig, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: MiniMaxM3VLTextConfig, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: MinistralConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: Ministral3Config, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: Ministral3Config, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: MistralConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: Mistral4Config, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTMLAFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: Mistral4Config, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTMLAFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: MixtralConfig, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: MixtralConfig, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: Molmo2TextConfig, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: Molmo2TextConfig, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: NemotronConfig, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: NemotronConfig, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: NemotronHConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[HybridFields]
) -> HybridModelConfig: ...
@overload
def to_megatron(
    hf: NemotronNasConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTHeterogeneousFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: OlmoConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: Olmo2Config, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: Olmo3Config, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: OlmoeConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: OPTConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTLearnedFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: PaddleOCRTextConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: PersimmonConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: PhiConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: Phi3Config, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: Phi3Config, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: PhimoeConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: Qwen2Config, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: Qwen2_5OmniTextConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: Qwen2_5_VLTextConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: Qwen2MoeConfig, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: Qwen2MoeConfig, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: Qwen2VLTextConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: Qwen3Config, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: Qwen3Config, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: Qwen3_5MoeTextConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: Qwen3_5TextConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: Qwen3MoeConfig, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: Qwen3MoeConfig, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: Qwen3NextConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: Qwen3OmniMoeTextConfig, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: Qwen3OmniMoeTextConfig, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: Qwen3VLMoeTextConfig, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: Qwen3VLMoeTextConfig, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: Qwen3VLTextConfig, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: Qwen3VLTextConfig, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: SarvamMLAConfig, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTMLAFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: SarvamMLAConfig, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTMLAFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: SarvamMoEConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: SeedOssConfig, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: SeedOssConfig, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: SmolLM3Config, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: SmolLM3Config, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: SolarOpenConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: StableLmConfig, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: StableLmConfig, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: Starcoder2Config, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: Step3p7TextConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: UnlimitedOcrTextConfig, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: UnlimitedOcrTextConfig, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: VaultGemmaConfig, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: VaultGemmaConfig, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: YoutuConfig, /, *, strict: bool = False, layers: Literal[False] = False, **caller: Unpack[GPTMLAFields]
) -> GPTModelConfig: ...
@overload
def to_megatron(
    hf: YoutuConfig, /, *, strict: bool = False, layers: bool, **caller: Unpack[GPTMLAFields]
) -> GPTModelConfig | LayeredGPTModelConfig: ...
@overload
def to_megatron(
    hf: PreTrainedConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[AnyFields]
) -> GPTModelConfig | HybridModelConfig: ...


def to_megatron(hf: PreTrainedConfig, /, *, strict: bool = False, layers: bool = False, **caller: Any) -> ModelConfig:
    """The Megatron config of the same model.

    Args:
        hf: a config of one of the mapped classes, see `families()`; not of a subclass, which may mean something else.
        strict: refuse where a deviation is declared, instead of warning.
        layers: have layers of `mcore_mappers.layers` compute what stock Megatron lacks. What is refused for that is
            mapped then, to a config of Megatron's class that has such layers; all else is mapped as without.
        **caller: Megatron's training-time fields; they win over what the mapper suggests. `transformer_engine=True` or
            `False` says whether the machines that train have Transformer Engine, on which suggestions of kernels
            depend; without it they follow what is installed here.

    Raises:
        UnsupportedConfigError: no family maps this class, or no Megatron config computes the same.
        TableConflictError: families of two installed packages map this class.
        TypeError: `hf` is no Hugging Face config, or keywords are unknown, decided by `hf`, of another type than
            Megatron declares, out of range, or contradict each other. Names, types and ranges are told all at once.

    Warns:
        DeviationWarning: the models differ in a declared constant that no Megatron config reaches.
        NeedsWarning: the model cannot be built or trained as it is asked for, or not on a machine like this one.
    """
    _, mappers = mapped(hf, "to_megatron")
    return mappers["to_megatron"](hf, strict=strict, layers=layers, **caller)
