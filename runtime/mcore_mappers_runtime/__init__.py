"""What generated mappers have in common: the half of the package that people write.

Users import `mcore_mappers`, which has the public names of these modules; generated modules import them one by one.
Nothing here imports what is generated: each generated package hands over a `registry.Registry`.

- `round_trip`: from a Megatron config back to the Hugging Face config of the same model
- `architectures`: what the names in `architectures` say that a checkpoint is
- `callers`: warnings that point at the caller's line
- `carried`: the mark of a Hugging Face field that a Megatron config says nothing about
- `catalog`: what becomes of every family and class that is known
- `check`: collects all that is wrong with a config on its way through a mapper
- `composite`: composite configs, and the language model in them
- `default_rope`: rope of a part of each head, for classes that cannot be built with a scaled one
- `delta_net`: which layers are Gated DeltaNet
- `diff`: where a Megatron config from elsewhere is not the model of a Hugging Face config
- `dispatch`: finds the mapper of a config, and the round trip of a model, in whichever package they are
- `disk`: Megatron configs as plain data, and back
- `equal`: the fields of Megatron configs as they are held, and when two values are the same
- `errors`: exceptions and warnings
- `experts`: training-time choices of mixtures of experts
- `hybrid`: a decoder as a hybrid model, of two symbols a layer
- `immaterial`: fields in which two models may differ and be the same model
- `indexer`: which layers have an indexer for sparse attention
- `json_numbers`: numbers that JSON does not have
- `kernels`: which faster kernels are suggested
- `layer_ropes`: rope that is stated for each type of layer
- `layer_thetas`: the base of a rope, stated for each layer
- `load_config`: reads a checkpoint's `config.json`
- `maybe_rope`: rotary positions or none, as a field says
- `mlp_types`: which layers have experts, by a list of types
- `multipliers`: multipliers of embeddings and logits
- `native`: files of remote code in the types that transformers has
- `older`: files of older releases of transformers, in the names of today
- `patterns`: which layer is of which kind: Hugging Face's lists, and what Megatron has for them
- `positions`: layers without rotary embeddings
- `query_scale`: rope with a query temperature
- `records`: the rows of a registry: families, refused classes, remote code
- `registry`: what a generated package hands over, and the packages that are known
- `releases`: the releases of upstream for which a mapper is right
- `rope`: reads Hugging Face's `rope_parameters` for Megatron
- `rope_back`: the inverse of `rope`
- `save_config`: writes a `config.json`, also for older releases of transformers
- `settings`: training-time choices of the mapper and of the caller
- `shown`: values in messages
- `stated`: what a file states of a composite's language model
- `unknown_keys`: keys of a `config.json` that nobody reads
- `widths`: widths of MLPs that follow from other numbers
- `windows`: which layers have a sliding window, and how far it reaches
- `yarn`: a TransformerConfig that declares what Megatron's YaRN reads from it
"""
