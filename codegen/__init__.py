"""The generator: upstream classes and hand-written rules in, typed mapper functions out.

- `bodies`: functions of upstream that mappers and reasons rely on: which changed, and which changes somebody has read
- `bump`: moves the project to other releases of upstream, and writes a checklist of what is left to a person
- `checklist`: the checklist of a bump: what a person has to decide, with what there is to decide it by
- `checkouts`: sources of upstream before their release
- `commands`: the generator's commands
- `confirmed`: bodies of upstream that changed, and that somebody has read since
- `cost`: what each family costs: the lines of its own file that say something
- `diagnostics`: what stops the generator: every diagnostic has a stable id, and all of them come in one run
- `drift`: what an upstream bump means for the mappers
- `emit`: plans in, the source of every generated file out. Nothing here knows a family
- `families`: the models, each with its parts and its own rows
- `files`: the files in a generated folder: which differ from what the rules give, and the one place that writes them
- `functions`: reads rule functions: their source is carried into generated modules, and never run
- `index`: the index of parts
- `installer`: what installs packages, and asks the package index
- `introspect`: upstream packages in, snapshot out
- `layers`: layers of this project: the fields that Megatron's configs do not have, and the parameters that come with
  them
- `lines`: where in a file of the table something stands
- `literals`: what rows hold beside names: constants, tables of them, and functions
- `loading`: imports the modules of a table. What is wrong with them is said with file and line, whatever it is
- `manifest`: the manifest of a generated folder: which of the files in it are the generator's, and what they were when
  written
- `megatron`: who decides each field of Megatron's configs
- `names`: names that a table gives to modules: which are names at all, and free
- `new_family`: the draft of a family, made of parts, and of its proof
- `oldest`: the oldest releases of upstream for which the mappers are right
- `one_config`: the values of one checkpoint's config on both sides, for `explain --config`
- `owners`: who owns each Megatron field: the words of the owners' table, and the answer for one target
- `pages`: plans in, the pages of the site out: what people read is made of what mappers are made of
- `parts`: rows that families share, in folders by subject
- `pins`: the pins of upstream in pyproject.toml, and the ranges that a user may install
- `plan`: what will be emitted, and why
- `project`: where things are, and the pipeline that the commands share
- `reasons`: what is wrong with a reason: there is none, it puts off what it should say, or upstream does not bear it
  out
- `recordings`: recorded releases: what upstream looked like, one archive for each release of each package
- `refused`: causal language models of transformers that no Megatron config can be, each with the computation that
  decides it
- `releases`: releases of upstream beside the installed ones
- `remote`: model types whose code comes with the checkpoint, and that are read as a native class
- `resolve`: one verdict for every field of both sides, or diagnostics
- `rows`: the kinds of rows: what the table can say of a field
- `schemas`: what upstream looks like: the data of a snapshot, as `generated/schemas/` holds it
- `shape`: whether values of a table have the types that its vocabulary declares
- `snapshot`: a snapshot as files below `generated/schemas/`
- `style`: how generated code looks: black, with the project's own settings
- `table`: the vocabulary of the overrides table
- `text`: pieces of source text
- `tree`: the working tree of a git repository: what was committed, and what is not
- `types`: canonical type strings of a snapshot, compared as sets of alternatives
- `undecided`: which causal language models of transformers have no verdict yet
- `upstream`: the commands that look at other releases: what they would change, and their snapshots
- `upstream_changes`: what changed upstream between two snapshots, for the person who reviews a bump
"""
