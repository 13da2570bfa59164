"""The version, which stands here alone: a wheel has it from here, and so has a checkout that is only on the path."""

from typing import Final

VERSION: Final = "0.1.0"
