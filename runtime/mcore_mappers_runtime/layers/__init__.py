"""Computations that stock Megatron lacks, as fields of a config that Megatron's own builders build.

Users import `mcore_mappers.layers`, which has the public names of these modules. A computation is a field of `Layers`
with the value that means stock Megatron, a module that says in a `Change` what becomes of a layer's spec, its place in
`specs.CHANGES`, and what it adds to `parameters`.

- `after_rope`: norms of queries and keys after rope
- `bands`: Llama 3's rope with other bands of frequencies
- `biases`: attention with other biases than the linear layers around it
- `branch_norms`: layers with a norm after attention or MLP, or without one before them
- `builders`: Megatron's builders, and what of a model no layer spec says
- `bypasses`: fields of Megatron's with which it would pass by what layers replace
- `change`: what a field changes in a layer's spec
- `chunks`: attention within chunks of a sequence
- `configs`: Megatron's model configs with these fields
- `core_attention`: what layers change of core attention
- `fields`: the fields that Megatron's config does not have
- `glu_clamps`: gated MLPs and experts whose two factors stay within bounds, in some layers
- `head_gates`: a gate for each head, on what core attention gives
- `l2_norms`: norms without weights of queries and keys, in some layers
- `latent_rope`: latent attention that rotates the halves of what it rotates of a head, and not pairs of neighbours
- `latents`: latent attention without a norm of what queries are projected from
- `layer_norms`: LayerNorm without a bias, or without any parameter
- `mark`: what tells the inner config of a model with layers from that of one without
- `norms_by_head`: a norm of each head of queries and keys, with weights of its own
- `output_bias`: a bias of the output layer
- `over_heads`: one norm over all heads of queries, one over all heads of keys
- `own_heads`: heads, query groups and sinks that differ by layer
- `own_norms`: norms of queries and keys with a weight of every head
- `own_ropes`: a rope of their own for some layers, of all or of a part of each head
- `own_values`: values that are narrower than keys, or multiplied by a factor
- `parallel_mlp`: attention and MLP that read the same hidden states
- `parameters`: the parameters that layers add to a model
- `public`: the path at which users, pickles and checkpoints find these classes
- `residuals`: a multiplier on what attention and MLP add to the residual stream
- `rope_factors`: a rope with factors by the length of texts
- `routers`: experts chosen by softmax scores with a bias, other weights of them, other ranks of groups
- `run_configs`: lets Megatron's loader of run configs make these classes
- `soft_caps`: scores of attention and logits that stay below a bound
- `sparse_mixer`: SparseMixer: a router whose second expert is chosen and weighed as if there were no first
- `specs`: from these fields to the layer specs from which Megatron builds
- `temperature`: queries that grow with their position
- `untyped`: what layers call of Megatron that declares no types
"""
