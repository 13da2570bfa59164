def to_megatron(hf: HfConfig, /, *, strict: bool = False, **caller: Unpack[CallerFields]) -> ModelConfig:
    """SUMMARY"""
    check = Check(FAMILY, HfConfig, hf, caller, CallerFields)
    hf = check.plain(hf)
    CHECKS
    deviations = check.finish(strict=strict)

    settings: InnerFields = {SETTINGS: SETTINGS, **select(InnerFields, caller)}
    model_settings: OuterFields = {MODEL_SETTINGS: MODEL_SETTINGS, **select(OuterFields, caller)}
    SETTLED

    transformer = InnerConfig(TRANSFORMER=TRANSFORMER, **settings)
    return ModelConfig(
        transformer=WRAPPED,
        MODEL=MODEL,
        extra_checkpoint_metadata=provenance(FAMILY, deviations, kept(hf, _WAY), caller),
        **model_settings,
    )


def _carried(model: ModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, InnerConfig, FAMILY)
    return {CARRIED: CARRIED}


# Megatron knows nothing of these, or not in every model.
_NOT_CARRIED = NOT_CARRIED_FIELDS

_WAY = Way(
    family=FAMILY,
    config_class=HfConfig,
    model_class=ModelConfig,
    carried=_carried,
    to_megatron=to_megatron,
    not_carried=_NOT_CARRIED,
    derived=DERIVED_FIELDS,
)
