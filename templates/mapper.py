def MAPPER(hf: HfConfig, /, *, strict: bool = False, **caller: Unpack[CallerFields]) -> ModelConfig:
    """The ModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check = Check(FAMILY, HfConfig, hf, caller, CallerFields, strict=strict)
    hf = check.plain(hf)
    CHECKS
    transformer = _transformer(ARGUMENTS)
    return ModelConfig(
        transformer=check.with_kernels(WRAPPED),
        MODEL=MODEL,
        extra_checkpoint_metadata=check.metadata(hf, WAY, caller),
        **check.select(OuterFields, SUGGESTED),
    )
