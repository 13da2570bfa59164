"""Parts about stack."""
