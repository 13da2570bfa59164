"""Parts about positions.

- `by_layer`: a rope for each type of layer, which must be the same for all that a model has
- `learned`: positions that are learned, or not there, and what rope reads of heads that attention does not
- `partial`: rotary positions of a part of each head
- `rope`: rotary positions
- `sections`: rope in which a token of an image has three positions
- `skipped`: layers without rotary embeddings
"""
