"""Config classes of models that transformers has no class for, and whose own code comes with the checkpoint.

A class here says what that code reads of a `config.json`, and its defaults; what it computes is what the family's rows
say, and what a small model in the tests does. `load_config` gives it for files of its `model_type`, mappers take it as
any other, and it is registered nowhere. Each module is imported when a file or a caller asks for it.

- `deepseek`: DeepSeek-MoE
- `minicpm`: MiniCPM 1B and 2B, MiniCPM4
- `nemotron_nas`: Llama-Nemotron Super, Ultra and 51B
"""

from __future__ import annotations


def is_described(cls: type) -> bool:
    """Whether a config class is one of these, whose files are for code of transformers 4."""
    return cls.__module__.startswith(f"{__name__}.")
