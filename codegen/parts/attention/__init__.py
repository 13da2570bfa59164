"""Parts about attention.

- `biases`: biases of attention and MLP
- `groups`: query groups, or keys and values of its own for every head
- `heads`: the width of a head
- `latents`: latent attention
- `sinks`: Granite's models with windows: sinks, and layers with rope, without, with a window and without
- `sparse`: DeepSeek's sparse attention: latent attention to the keys that an indexer picks for each query
- `windows`: windows of attention, and norms of queries and keys
"""
