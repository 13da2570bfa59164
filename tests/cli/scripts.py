"""Published checkpoints, and scripts as trainers have them for these."""

from __future__ import annotations

from collections.abc import Mapping

_DENSE: Mapping[str, object] = {"attention_bias": False, "attention_dropout": 0.0, "hidden_act": "silu"}

CHECKPOINTS: Mapping[str, Mapping[str, object]] = {
    "qwen3-4B": {
        **_DENSE,
        "architectures": ["Qwen3ForCausalLM"],
        "model_type": "qwen3",
        "head_dim": 128,
        "hidden_size": 2560,
        "intermediate_size": 9728,
        "max_position_embeddings": 40960,
        "num_attention_heads": 32,
        "num_hidden_layers": 36,
        "num_key_value_heads": 8,
        "rms_norm_eps": 1e-6,
        "rope_theta": 1000000,
        "tie_word_embeddings": True,
        "torch_dtype": "bfloat16",
        "vocab_size": 151936,
    },
    "llama3-8B": {
        **_DENSE,
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_size": 4096,
        "intermediate_size": 14336,
        "max_position_embeddings": 131072,
        "mlp_bias": False,
        "num_attention_heads": 32,
        "num_hidden_layers": 32,
        "num_key_value_heads": 8,
        "rms_norm_eps": 1e-5,
        "rope_scaling": {
            "factor": 8.0,
            "low_freq_factor": 1.0,
            "high_freq_factor": 4.0,
            "original_max_position_embeddings": 8192,
            "rope_type": "llama3",
        },
        "rope_theta": 500000.0,
        "tie_word_embeddings": False,
        "torch_dtype": "bfloat16",
        "vocab_size": 128256,
    },
    "glm4.5": {
        **_DENSE,
        "architectures": ["Glm4MoeForCausalLM"],
        "model_type": "glm4_moe",
        "attention_bias": True,
        "first_k_dense_replace": 3,
        "head_dim": 128,
        "hidden_size": 5120,
        "intermediate_size": 12288,
        "max_position_embeddings": 131072,
        "moe_intermediate_size": 1536,
        "n_group": 1,
        "n_routed_experts": 160,
        "n_shared_experts": 1,
        "norm_topk_prob": True,
        "num_attention_heads": 96,
        "num_experts_per_tok": 8,
        "num_hidden_layers": 92,
        "num_key_value_heads": 8,
        "partial_rotary_factor": 0.5,
        "rms_norm_eps": 1e-5,
        "rope_theta": 1000000,
        "routed_scaling_factor": 2.5,
        "tie_word_embeddings": False,
        "topk_group": 1,
        "torch_dtype": "bfloat16",
        "use_qk_norm": True,
        "vocab_size": 151552,
    },
}
"""By name, what decides the model in a config.json."""

SCRIPTS: Mapping[str, str] = {
    # An array that a run script sources.
    "qwen3-4B": """\
MODEL_ARGS=(
   --swiglu
   --num-layers 36
   --hidden-size 2560
   --ffn-hidden-size 9728
   --num-attention-heads 32
   --group-query-attention
   --num-query-groups 8
   --use-rotary-position-embeddings
   --disable-bias-linear
   --normalization "RMSNorm"
   --norm-epsilon 1e-6
   --rotary-base "${MODEL_ARGS_ROTARY_BASE:-1000000}"
   --vocab-size 151936
   --kv-channels 128
   --qk-layernorm
)
""",
    # One command, with everything.
    "llama3-8B": """\
#!/bin/bash
export CUDA_DEVICE_MAX_CONNECTIONS=1
CHECKPOINT_PATH=$1
DISTRIBUTED_ARGS="--nproc_per_node 8 --master_addr localhost"
torchrun $DISTRIBUTED_ARGS pretrain_gpt.py \\
    --tensor-model-parallel-size 2 --sequence-parallel \\
    --num-layers 32 --hidden-size 4096 --ffn-hidden-size=14336 --num-attention-heads 32 \\
    --group-query-attention --num-query-groups 8 \\
    --seq-length 8192 --max-position-embeddings 131072 \\
    --position-embedding-type rope --rotary-base 500000 --use-rope-scaling \\
    --normalization RMSNorm --norm-epsilon 1e-5 --swiglu --disable-bias-linear \\
    --untie-embeddings-and-output-weights \\
    --attention-dropout 0.0 --hidden-dropout 0.0 --bf16 \\
    --tokenizer-type HuggingFaceTokenizer --tokenizer-model "my models/llama" \\
    --load "$CHECKPOINT_PATH" 2>&1 | tee "log of it.txt"
""",
    # Numbers that are calculated, and a list that only running it gives.
    "glm4.5": """\
MOE_SHARED_EXPERTS=1
MOE_FFN_HIDDEN=1536
MOE_SHARED_EXPERT_INTERMEDIATE_SIZE=$(($MOE_FFN_HIDDEN * MOE_SHARED_EXPERTS))
NLAYERS=92
arr=()
for ((i=0; i<NLAYERS; i++)); do
  if (( i < 3 )); then arr+=(0); else arr+=(1); fi
done
printf -v MOE_LAYER_FREQ "[%s]" "$(IFS=', '; echo "${arr[*]}")"

MODEL_ARGS=(
  --disable-bias-linear --add-qkv-bias --qk-layernorm
  --group-query-attention --num-attention-heads 96 --num-query-groups 8 --kv-channels 128
  --num-layers $NLAYERS --hidden-size 5120 --ffn-hidden-size 12288
  --normalization RMSNorm --norm-epsilon 1e-5
  --position-embedding-type rope --rotary-percent 0.5 --rotary-base 1000000 --no-rope-fusion
  --swiglu --untie-embeddings-and-output-weights --vocab-size 151552
  # moe
  --num-experts 160 --moe-ffn-hidden-size $MOE_FFN_HIDDEN
  --moe-shared-expert-intermediate-size $MOE_SHARED_EXPERT_INTERMEDIATE_SIZE
  --moe-router-score-function sigmoid --moe-router-enable-expert-bias
  --moe-router-topk 8 --moe-router-topk-scaling-factor 2.5
  --moe-layer-freq $MOE_LAYER_FREQ
  --moe-grouped-gemm --moe-router-dtype fp32 --moe-permute-fusion --moe-aux-loss-coeff 0
)
""",
}
"""By the name of the checkpoint, the right one."""
