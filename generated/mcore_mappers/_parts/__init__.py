"""What families share, by subject.

- `attention`
- `decoder`
- `experts`
- `files`
- `mlp`
- `positions`
- `recurrent`
- `stack`
"""
