"""The command `mcore-mappers`: what the package knows, without a line of Python. It runs nothing of a checkpoint.

- `app`: the commands together, and what a user's mistake ends in
- `args`: Megatron-LM's flags for a checkpoint
- `can`: which checkpoints map, and what stands in the way of the others
- `check_args`: where a script of Megatron-LM's is another model than a checkpoint
- `constructor`: a Megatron config as the Python that constructs it
- `diff`: what differs between two checkpoints, or a checkpoint and a Megatron config
- `explain`: what became of each field, and why
- `families`: which families there are, and what is known of each
- `inputs`: files as Hugging Face configs, and these as Megatron's
- `map`: the Megatron config of a checkpoint
- `output`: tables, JSON, and what is said beside them
- `progress`: how far something is that takes its time
- `quiet`: upstream without what it says, and the package's own warnings in lines
- `settings`: the caller's fields as they are typed in a shell
- `start`: where the command begins

No module imports transformers, torch or megatron before a command needs it.
"""
