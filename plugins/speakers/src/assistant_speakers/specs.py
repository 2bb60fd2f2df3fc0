"""Where the voice encoder's weights come from, as data. Not for finding or fetching them: see assistant.weights."""

from __future__ import annotations

from typing import Final

from assistant.weights import WeightsFile, WeightsSpec, WheelSource

FILE: Final = "voice-encoder.raw"
SHA256: Final = "39373b86598fa3da9fcddee6142382efe09777e8d37dc9c0561f41f0070f134e"

VOICE_ENCODER: Final = WeightsSpec(
    name="ge2e-voice-encoder",
    role="speaker embedding",
    format="raw",
    licence="Apache-2.0",
    origin="Resemblyzer by Resemble AI, https://github.com/resemble-ai/Resemblyzer",
    files=(WeightsFile(FILE, SHA256, 17090379),),
    sources=(
        WheelSource(
            requirement="Resemblyzer==0.1.4",
            sha256="8f12eb2f1a9982d32e8db7856de754709b59c93a77bcf0ff536584b619a9dd1f",
            bytes=15747704,
            members={"resemblyzer/pretrained.pt": FILE},
        ),
    ),
    starter=True,
)
"""A speaker encoder (1.4 million parameters, 256 dimensions)."""
