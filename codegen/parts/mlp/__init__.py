"""Parts about MLPs.

- `activations`: activation functions by the names of transformers' `ACT2FN`, and Megatron's of the same mathematics
- `gates`: MLPs with a gate and without
"""
