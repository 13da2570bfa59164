"""The language model of Granite 4 Vision, which is Granite."""

from __future__ import annotations

import dataclasses

from tests.families.granite import PROOF as GRANITE

PROOF = dataclasses.replace(GRANITE, values={"text_config": ({"hidden_size": 8},)})
