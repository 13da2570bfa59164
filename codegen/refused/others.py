"""What transformers lists among causal language models, and is another kind of model."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from codegen.refused.form import refused
from codegen.table import RefusedClass


def _encoder(model_type: str, config: str, computation: str, package: str = "", module: str = "") -> RefusedClass:
    why = "an encoder, or the decoder of one; its causal language model is another use of parts of it"
    return refused(model_type, config, computation, why, package=package, module=module)


def _composite(model_type: str, config: str, package: str = "", module: str = "") -> RefusedClass:
    row = refused(
        model_type,
        config,
        config,
        "a model of several; text_config() gives its language model, which to_megatron(text_config(hf)) maps",
        package=package,
        module=module,
    )
    return replace(row, computation=row.config_class)


ENCODERS: Final = (
    _encoder("bart", "BartConfig", "BartForCausalLM"),
    _encoder("bert", "BertConfig", "BertLMHeadModel"),
    _encoder("bert-generation", "BertGenerationConfig", "BertGenerationDecoder"),
    _encoder("big_bird", "BigBirdConfig", "BigBirdForCausalLM"),
    _encoder("bigbird_pegasus", "BigBirdPegasusConfig", "BigBirdPegasusForCausalLM"),
    _encoder("blenderbot", "BlenderbotConfig", "BlenderbotForCausalLM"),
    _encoder("blenderbot-small", "BlenderbotSmallConfig", "BlenderbotSmallForCausalLM"),
    _encoder("camembert", "CamembertConfig", "CamembertForCausalLM"),
    _encoder(
        "data2vec-text", "Data2VecTextConfig", "Data2VecTextForCausalLM", package="data2vec", module="data2vec_text"
    ),
    _encoder("electra", "ElectraConfig", "ElectraForCausalLM"),
    _encoder("ernie", "ErnieConfig", "ErnieForCausalLM"),
    _encoder("marian", "MarianConfig", "MarianForCausalLM"),
    _encoder("mbart", "MBartConfig", "MBartForCausalLM"),
    _encoder("megatron-bert", "MegatronBertConfig", "MegatronBertForCausalLM"),
    _encoder("mvp", "MvpConfig", "MvpForCausalLM"),
    _encoder("pegasus", "PegasusConfig", "PegasusForCausalLM"),
    _encoder("plbart", "PLBartConfig", "PLBartForCausalLM"),
    _encoder("prophetnet", "ProphetNetConfig", "ProphetNetForCausalLM"),
    _encoder("rembert", "RemBertConfig", "RemBertForCausalLM"),
    _encoder("roberta", "RobertaConfig", "RobertaForCausalLM"),
    _encoder("roberta-prelayernorm", "RobertaPreLayerNormConfig", "RobertaPreLayerNormForCausalLM"),
    _encoder("roc_bert", "RoCBertConfig", "RoCBertForCausalLM"),
    _encoder("roformer", "RoFormerConfig", "RoFormerForCausalLM"),
    _encoder("whisper", "WhisperConfig", "WhisperForCausalLM"),
    _encoder("xlm-roberta", "XLMRobertaConfig", "XLMRobertaForCausalLM"),
    _encoder("xlm-roberta-xl", "XLMRobertaXLConfig", "XLMRobertaXLForCausalLM"),
    _encoder("xmod", "XmodConfig", "XmodForCausalLM"),
)

COMPOSITES: Final = (
    _composite("dots3_note", "Dots3NoteConfig"),
    _composite("emu3", "Emu3Config"),
    _composite("fuyu", "FuyuConfig"),
    _composite("gemma3", "Gemma3Config"),
    _composite("gemma3n", "Gemma3nConfig"),
    _composite("gemma4", "Gemma4Config"),
    _composite("gemma4_unified", "Gemma4UnifiedConfig"),
    _composite("got_ocr2", "GotOcr2Config"),
    _composite("llama4", "Llama4Config"),
    _composite("mllama", "MllamaConfig"),
    _composite("moss_transcribe_diarize", "MossTranscribeDiarizeConfig"),
    _composite("qwen3_5", "Qwen3_5Config"),
    _composite("qwen3_5_moe", "Qwen3_5MoeConfig"),
    _composite("qwen4_exp", "Qwen4ExpConfig"),
    _composite("step3p7", "Step3p7Config"),
)
