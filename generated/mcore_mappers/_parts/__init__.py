"""What families share, by subject.

- `attention`
- `decoder`
- `experts`
- `mlp`
- `positions`
- `recurrent`
- `stack`
"""
