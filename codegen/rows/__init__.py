"""The kinds of rows: what the table can say of a field.

- `interface`: what the generator asks of every kind
- `rename`: a Megatron field has the value of a Hugging Face field
- `constant`: a Megatron field has one value for the whole family
- `choice`: a Megatron field is looked up in a closed table of values
- `computed`: Megatron fields are what a function returns
- `local`: a value that several lines share
- `domain`: the numbers that make sense for a field
- `guard`: a Hugging Face field is refused unless Megatron can express its value
- `layered`: what stock Megatron refuses and a layer of this project computes
- `ignored`: a Hugging Face field that does not decide what the model computes
- `older`: what the class was in older releases of transformers
- `unread`: a key of files that is nothing to a config that was built from them
"""
