"""For authors of plugins: fakes, small parts made on the fly, contract tests, pytest fixtures.

    fakes.py                        what stands in for plugins, a host, its services, a clock
    samples.py, awkward.py          parts: ordinary ones, and those that break what is careless
    promises.py                     what a check says; the checks themselves need no pytest:
    perceiving.py, answering.py, embedding.py, speaking.py, plugged.py, modules.py, brought.py
    contracts.py                    test classes to subclass
    fixtures.py                     pytest fixtures
    checking.py, outside.py, ...    `assistant plugins check`

Names are imported when first used: this module is loaded in every pytest run of whoever has sensorium installed.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.testing.awkward import corrupt, difficult, difficult_observations, huge, tiny
    from assistant.testing.contracts import (
        AnswererContract,
        EmbedderContract,
        PerceiverContract,
        PluginContract,
        VoiceContract,
    )
    from assistant.testing.fakes import (
        Clock,
        FakeAnswerer,
        FakeEmbedder,
        FakePerceiver,
        FakePlugin,
        FakeServices,
        FakeVoice,
        host,
    )
    from assistant.testing.fresh import HEAVY, imported_by
    from assistant.testing.promises import Broken, NotApplicable
    from assistant.testing.samples import (
        observation,
        one_of_each,
        photograph,
        picture,
        sample,
        scene,
        silence,
        sound,
        speech_like,
        text,
        tone,
        video,
    )

_HOMES = {
    "AnswererContract": "contracts",
    "EmbedderContract": "contracts",
    "PluginContract": "contracts",
    "VoiceContract": "contracts",
    "corrupt": "awkward",
    "difficult": "awkward",
    "difficult_observations": "awkward",
    "huge": "awkward",
    "tiny": "awkward",
    "scene": "samples",
    "sound": "samples",
    "PerceiverContract": "contracts",
    "Clock": "fakes",
    "FakeAnswerer": "fakes",
    "FakeEmbedder": "fakes",
    "FakePerceiver": "fakes",
    "FakePlugin": "fakes",
    "FakeServices": "fakes",
    "FakeVoice": "fakes",
    "host": "fakes",
    "HEAVY": "fresh",
    "imported_by": "fresh",
    "Broken": "promises",
    "NotApplicable": "promises",
    "observation": "samples",
    "photograph": "samples",
    "picture": "samples",
    "sample": "samples",
    "one_of_each": "samples",
    "silence": "samples",
    "speech_like": "samples",
    "text": "samples",
    "tone": "samples",
    "video": "samples",
}

__all__ = [
    "HEAVY",
    "AnswererContract",
    "Broken",
    "Clock",
    "EmbedderContract",
    "FakeAnswerer",
    "FakeEmbedder",
    "FakePerceiver",
    "FakePlugin",
    "FakeServices",
    "FakeVoice",
    "NotApplicable",
    "PerceiverContract",
    "PluginContract",
    "VoiceContract",
    "corrupt",
    "difficult",
    "difficult_observations",
    "host",
    "huge",
    "imported_by",
    "observation",
    "one_of_each",
    "photograph",
    "picture",
    "sample",
    "scene",
    "silence",
    "sound",
    "speech_like",
    "text",
    "tiny",
    "tone",
    "video",
]

pytest_plugins = ("assistant.testing.fixtures",)
"""The entry point names this package; pytest goes on to the fixtures, which alone import pytest here."""


def __getattr__(name: str) -> Any:
    """Import a public name from its module."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"assistant.testing.{_HOMES[name]}"), name)
