"""Parts about positions.

- `alpha`: rotary positions whose base an `alpha` stretches
- `bands`: Llama 3's rope with bands of frequencies of its own
- `by_layer`: a rope for each type of layer, which must be the same for all that a model has
- `learned`: positions that are learned, or not there, and what rope reads of heads that attention does not
- `long`: LongRoPE
- `partial`: rotary positions of a part of each head
- `rope`: rotary positions
- `sections`: rope in which a token of an image has three positions
- `skipped`: layers without rotary embeddings
"""
