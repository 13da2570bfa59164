"""What generated mappers have in common: the half of the package that people write.

Users import `mcore_mappers`, which has the public names of these modules; generated modules import them one by one.
Nothing here imports what is generated: each generated package hands over a `registry.Registry`.

- `arguments`: the arguments of Megatron-LM's parser, as the fields of the model that Megatron builds
- `arithmetic`: the whole numbers that a shell makes of `$((HIDDEN * 4))`
- `at_caller`: warnings that point at the caller's line
- `atomic`: writes a file as a whole or not at all
- `attempt`: a Hugging Face config made of the values of a model, and where the model of that differs
- `attention_types`: GPT-Neo's `attention_types`: which layers attend to all positions and which to those of a window
- `attributes`: reads the attributes of a config, by the names, types and aliases that its class has for them
- `biases`: which linear layers of a Megatron model have biases
- `bounds`: how large things may be
- `by_layer`: Megatron's lists and numbers that say something of each layer
- `carried`: the mark of a Hugging Face field that a Megatron config says nothing about
- `catalog`: what becomes of every family and class that is known
- `check`: collects all that is wrong with a config on its way through a mapper
- `check_arguments`: arguments of Megatron-LM that somebody wrote, beside the model of a checkpoint
- `class_names`: what the names in `architectures` say that a checkpoint is
- `cli`: the command `mcore-mappers`: what the package knows, without a line of Python. It runs nothing of a
  checkpoint
- `composite`: composite configs, and the language model in them
- `cpu`: what Megatron needs replaced to run on a CPU; nothing else imports it
- `declared`: what the attributes of a config may be, looked at before anything is computed
- `declared_types`: values held against the types that Megatron's classes declare
- `default_rope`: rope for classes that cannot be built with a scaled one
- `delta_net`: which layers are Gated DeltaNet
- `described`: config classes of models that transformers has no class for, and whose own code comes with the
  checkpoint
- `diff`: where a Megatron config from elsewhere is not the model of a Hugging Face config
- `disk`: Megatron configs as plain data, and back
- `dispatch`: finds the mapper of a config, and the round trip of a model, in whichever package they are
- `documentation`: what upstream says of the fields of its config classes: read where it is installed, and kept
  nowhere
- `documents`: plain data in files, JSON or YAML
- `equal`: the fields of Megatron configs as they are held, and when two values are the same
- `errors`: exceptions and warnings
- `experts`: training-time choices of mixtures of experts
- `explained`: what becomes of each field of either side, and why: for people, who ask
- `fields`: the fields of a model config by name, outer and inner ones together
- `flags`: flags of Megatron-LM's parser, written and read
- `given`: what `diff` is given, in whichever form, as fields by name
- `glu_bounds`: bounds of gated MLPs and experts, which Hugging Face lists by layer
- `heterogeneous`: layers that differ: the blocks of Llama-Nemotron's configs, and the JSON in which Megatron has them
- `hybrid`: a decoder as a hybrid model, of two symbols a layer
- `immaterial`: fields in which two models may differ and be the same model
- `imports`: all that mappers need of upstream, imported by one thread alone
- `indexer`: which layers have an indexer for sparse attention
- `json_numbers`: numbers that JSON does not have
- `json_values`: values as JSON has them
- `kernels`: which faster kernels are suggested
- `keywords`: a caller's keywords, held against what Megatron declares of its fields
- `latents`: the rank of the latent of queries, which a model may be without
- `layer_freqs`: fields of `Layers` that say in which layers something is, by 1 and 0
- `layer_kinds`: which layer is of which kind: Hugging Face's lists, and what Megatron has for them
- `layer_ropes`: rope that is stated for each type of layer
- `layer_thetas`: the base of a rope, stated for each layer
- `layered`: the layers of a model config: the fields that Megatron's own configs do not have, and that this project
  computes
- `layers`: computations that stock Megatron lacks, as fields of a config that its builders build
- `load_config`: reads a checkpoint's `config.json`
- `long_rope`: LongRoPE in `rope_parameters`: the rope of it that Megatron's model has, and what layers do to that
- `maybe_rope`: rotary positions or none, as a field says
- `mlp_types`: which layers have experts, by a list of types
- `multipliers`: multipliers of embeddings and logits
- `native`: files of remote code in the types that transformers has
- `near`: what a name that nobody knows was probably meant to be: nothing is offered that would be refused then
- `needs`: what a model needs to be built and trained, and no field of its config says
- `older`: files of older releases of transformers, in the names of today
- `older_configs`: configs of older releases of transformers in the spelling of the pinned one, and back
- `older_rope`: rope as transformers 4.57 reads it: the base and the partial factor beside the rest of it
- `overrides`: fields that a config class overrides by layer by itself
- `owned`: whose the fields of a Megatron model are
- `positions`: layers without rotary embeddings
- `prediction`: layers that predict further tokens, and who may ask for them
- `query_scale`: rope with a query temperature
- `ranges`: numbers that Megatron takes and no model can have
- `records`: the rows of a registry: families, refused classes, remote code
- `refusals`: collects what is wrong with a config, and where its model differs, so that all of it is said at once
- `registry`: what a generated package hands over, and the packages that are known
- `releases`: the releases of upstream for which a mapper is right
- `rope`: reads Hugging Face's `rope_parameters` for Megatron
- `rope_alpha`: reads a rope whose base an `alpha` beside it stretches, as Hunyuan's, which calls that "dynamic"
- `rope_back`: the inverse of `rope`
- `rope_bands`: Llama 3's rope with other bands of frequencies than Megatron hard-wires, which builders of layers make
  of it
- `rope_keys`: keys of `rope_parameters` that decide nothing of a model
- `rope_values`: the values of one `rope_parameters`, read as transformers reads them
- `round_trip`: from a Megatron config back to the Hugging Face config of the same model
- `save_config`: writes a `config.json`, also for older releases of transformers
- `scripts`: the flags in a script, which is not run
- `sections`: rope in which a token of an image has three positions
- `settings`: training-time choices of the mapper and of the caller
- `shown`: values in messages
- `spellings`: several ways in which Megatron says one thing
- `stated`: what a file states of a composite's language model
- `stated_by`: which Hugging Face fields say what a field of Megatron's is
- `storable`: what of a Hugging Face config no file can hold
- `symbols`: functions, dtypes and enum members as names of a closed list, and back
- `to_args`: the flags of Megatron-LM that say a model
- `unknown_keys`: keys of a `config.json` that nobody reads
- `unread`: which architecture fields Megatron does not read, in which models
- `upstream`: what a family's module asks before it imports anything of upstream
- `version`: the version, which stands here alone: a wheel has it from here, and so has a checkout that is only on the
  path
- `widths`: widths of MLPs that follow from other numbers
- `windows`: which layers have a sliding window, and how far it reaches
- `yarn`: a TransformerConfig that declares what Megatron's YaRN reads from it
"""
