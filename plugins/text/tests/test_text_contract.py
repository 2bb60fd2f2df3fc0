"""The language perceiver and, with its weights, the embedder keep what they must."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.errors import WeightsMissing
from assistant.settings import load_settings
from assistant.testing import EmbedderContract, FakeServices, PerceiverContract, text
from assistant.weights import Weights
from assistant_text import ALL_MINILM_L6_V2, TextEmbedder, TextLanguage


class TestLanguageContract(PerceiverContract):
    """What every perceiver must keep."""

    perceiver = TextLanguage
    part = text("The children are playing in the garden behind the house.")


@pytest.fixture(scope="module")
def weights() -> Path:
    """Where the embedder's weights are."""
    settings = load_settings()
    found = Weights(settings.weights_directory(), settings.weights.paths)
    found.add(ALL_MINILM_L6_V2)
    try:
        return found.where(ALL_MINILM_L6_V2.name)
    except WeightsMissing as error:
        pytest.skip(str(error))


@pytest.mark.weights
class TestEmbedderContract(EmbedderContract):
    """What every embedder must keep."""

    embedder: Callable[[], TextEmbedder] = TextEmbedder

    @pytest.fixture(autouse=True)
    def _services(self, weights: Path) -> None:
        type(self).services = FakeServices(directories={ALL_MINILM_L6_V2.name: weights})
