#!/usr/bin/env bash
# Megatron-LM's pretraining of the model of llama/config.json, to be run in a checkout of Megatron-LM.
MODEL_ARGS=(
    --num-layers 2
    --hidden-size 64
    --ffn-hidden-size 160
    --num-attention-heads 4
    --group-query-attention
    --num-query-groups 2
    --max-position-embeddings 128
    --position-embedding-type rope
    --rotary-base "${ROTARY_BASE:-500000}"
    --normalization RMSNorm
    --norm-epsilon 1e-5
    --swiglu
    --disable-bias-linear
    --untie-embeddings-and-output-weights
    --vocab-size 256
)
TRAINING_ARGS=(
    --tensor-model-parallel-size 2
    --seq-length 128
    --micro-batch-size 1
    --global-batch-size 8
    --train-iters 10
    --lr 1e-3
    --attention-dropout 0.0
    --hidden-dropout 0.0
    --bf16
    --tokenizer-type NullTokenizer
    --mock-data
)
torchrun --nproc-per-node 2 pretrain_gpt.py "${MODEL_ARGS[@]}" "${TRAINING_ARGS[@]}" "$@"
