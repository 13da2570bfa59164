def MAPPER(
    hf: HfConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[CallerFields]
) -> ModelConfig:
    """The ModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked(FAMILY, HfConfig, hf, caller, CallerFields, strict=strict, layers=layers)
    CHECKS
    transformer = _transformer(ARGUMENTS)
    return CONSTRUCTED(
        transformer=check.with_kernels(WRAPPED),
        MODEL=MODEL,
        extra_checkpoint_metadata=check.metadata(hf, WAY, caller),
        **check.select(OuterFields, SUGGESTED),
    )
