"""Parts about the stack of layers.

- `kinds`: attention in every layer of a class that has other kinds of layers, too
- `pattern`: the layers of a model, one by one
- `sequential`: classes whose layers may compute otherwise than one half after the other
"""
