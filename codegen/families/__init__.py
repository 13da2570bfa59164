"""The overrides table: a file for each Hugging Face class, named as its `model_type` is, with `-` written `_`."""
