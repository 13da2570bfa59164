"""Plans in, the pages of the site out: what people read is made of what mappers are made of.

- `checkpoints`: `docs/checkpoints.tsv`: what becomes of the published checkpoints that people train
- `cures`: `docs/cures.tsv`: by the computation that a family is refused for, all that would free it
- `drawing`: a mapping as it is shown: two columns of fields, lines between them, and a card for each field
- `facts`: what the pages are made from, read once
- `family`: the page of a family: its mapping, drawn; what it refuses, needs and proves
- `fields`: Megatron's fields: who decides each, for which reason, and what upstream says of it
- `layers`: every field of `Layers`: what it says, adds and costs, and who uses it
- `mapping`: a plan as it is drawn: the fields of both sides, all that is known of each, and the lines between them
- `markup`: pieces of HTML, and the Markdown around them
- `needs`: what models need beside their configs, which the trainer provides
- `other_tools`: `docs/other-tools.tsv`: which model types other tools have a mapping for
- `others`: what other tools map, and what becomes of it here
- `overrides`: the overrides table, for reviewers: every row of every part, and every row that a family has to itself
- `plots`: plots as the site shows them, for light pages and for dark ones
- `proven`: `docs/proofs*.md`: what the cases of every family showed
- `reference`: the reference: what `mcore_mappers` has, in the words of its docstrings
- `refusals`: what is refused: classes by the computation that decides it, values, types of remote code
- `site`: the sources of the site
- `train`: can I train it? One table of the published checkpoints and of every family
"""
