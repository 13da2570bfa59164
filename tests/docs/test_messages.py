"""The page of messages is what the sources say."""

from __future__ import annotations

import pytest

from tests.docs import messages

pytestmark = pytest.mark.costly


def test_the_page_has_every_message() -> None:
    """Written anew by `python -m tests.docs.messages`; read the difference as an editor."""
    assert messages.PAGE.read_text(encoding="utf-8") == messages.text()


@pytest.mark.parametrize(
    "said",
    [
        "a composite: map its language model, a {cls.__qualname__}, with to_megatron(text_config(hf))",
        "Without strict=True it maps, and a DeviationWarning says the same.",
        "nobody reads these keys of {self.file}: {', '.join(shortened)}",
    ],
)
def test_messages_of_all_kinds_are_on_it(said: str) -> None:
    assert f"- {said}\n" in messages.text()
