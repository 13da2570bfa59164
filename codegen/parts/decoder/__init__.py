"""Parts about the decoder as a whole.

- `archetype`: the archetype of decoders with a gated MLP and RMSNorm before both halves of a layer
- `dropouts`: what a class drops in training, and what Megatron does
- `gemma`: what Gemma's releases have in common
- `gpt2`: GPT-2's names, and those of its heirs
- `gptj`: GPT-J's decoder, and that of its heir
- `kernels`: kernels, which follow from what other rows state
- `language_model`: what every Hugging Face config has, because `PreTrainedConfig` declares it, and what every mapper
  suggests
- `multipliers`: multipliers of embeddings, logits and attention scores, which Megatron has as parts of its `use_mup`
- `norms`: the norm of the residual stream
- `prediction`: layers that predict further tokens, which checkpoints have and transformers does not build
- `sizes`: what neither attention nor the kind of norm or MLP decides
- `ties`: whether the embedding is the output layer, of classes that leave that to the composite around them
"""
