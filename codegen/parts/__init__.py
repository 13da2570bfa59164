"""Rows that families share, in folders by subject.

- `attention`: heads, query groups, biases, windows, sinks, latent and sparse attention
- `decoder`: the decoder as a whole: its archetype, sizes, norms, multipliers and kernels
- `experts`: how many, in which layers, how they are scored and balanced
- `files`: keys of files that nobody reads
- `mlp`: gates and activations
- `positions`: rotary, partial, learned, or none
- `recurrent`: Mamba-2 and Gated DeltaNet
- `stack`: which kinds of layers follow each other
"""
