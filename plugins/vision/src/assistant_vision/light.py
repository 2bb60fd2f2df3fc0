"""Estimates the light a photograph was taken in and takes it out of the colours. Not for naming colours: palette.py.

What is neutral in a scene has the colour of the light. Light sources differ along the line from warm to cold far more
than across it, from green to magenta (CIE 15: the daylight locus), so candidates along that line are tried: the one
under which most of what is bright turns neutral wins, with strong casts held less likely beforehand. Shades of grey
(Finlayson and Trezzi, "Shades of gray and colour constancy", 2004) over those neutral pixels then gives the colour.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assistant_vision.pixels import RGB, shrink

SIDE: Final = 96
"""Pixels of the longer side the light is estimated on."""
NORM: Final = 6.0
"""Order of the Minkowski norm; 6 is best in the paper."""
DARKEST, BRIGHTEST = 0.01, 0.92
"""Linear intensities between which a pixel tells the light's colour: below is noise, above a channel is clipped."""
NEAR_GRAY: Final = 0.12
"""How far from a candidate, in log(red / blue), a pixel counts as neutral by half; across that line, half as far."""
ALONG, ACROSS = 0.9, 0.1
"""Most that log(red / blue) and log(green / sqrt(red * blue)) of the light may differ from white: 0.9 is a light bulb
of about 3300 K in a picture balanced for daylight."""
SPREAD: Final = 0.4
"""Standard deviation of log(red / blue) over photographs, beforehand: cameras balance most of the light themselves."""
TRUSTED: Final = 0.1
"""Share of neutral brightness from which the estimate is fully trusted."""
UNTOUCHED: Final = 0.08
"""Differences of log(red / blue) from white up to which nothing is corrected: what is neutral in a scene is not so by
more than that."""
WHITE: Final = 0.8
"""Linear intensity that the brightest hundredth of a picture is brought up to."""
MOST_BRIGHTENED: Final = 3.0


@dataclass(frozen=True, slots=True)
class Gains:
    """Factors on linear red, green and blue that take the light out."""

    red: float
    green: float
    blue: float


@dataclass(frozen=True)
class Light:
    """The light of one picture."""

    gains: Gains
    exposure: float
    """Factor on all channels, 1 and more: brings a dim picture up."""

    @cached_property
    def _curves(self) -> NDArray[np.uint8]:
        values = np.array([self.gains.red, self.gains.green, self.gains.blue]) * self.exposure
        linear = np.clip(to_linear(np.arange(256) / 255.0)[None] * values[:, None], 0.0, 1.0)
        curves: NDArray[np.uint8] = np.round(255 * from_linear(linear)).astype(np.uint8)
        return curves

    def out_of(self, rgb: RGB) -> RGB:
        """The picture as it would look in bright white light, any shape [..., 3]."""
        return _through(self._curves, rgb)

    def untinted(self, rgb: RGB) -> RGB:
        """The picture as it would look in white light as dim as it was: a dark picture is dark."""
        return _through(Light(self.gains, 1.0)._curves, rgb)


def _through(curves: NDArray[np.uint8], rgb: RGB) -> RGB:
    return np.stack([curves[channel][rgb[..., channel]] for channel in range(3)], axis=-1)


WHITE_LIGHT: Final = Light(Gains(1.0, 1.0, 1.0), 1.0)
"""For drawings, whose colours are as they are meant."""


def to_linear(value: NDArray[np.float64]) -> NDArray[np.float64]:
    """Linear intensity 0-1 of sRGB values 0-1 (IEC 61966-2-1)."""
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def from_linear(value: NDArray[np.float64]) -> NDArray[np.float64]:
    """The inverse of `to_linear`."""
    return np.where(value <= 0.0031308, value * 12.92, 1.055 * value ** (1 / 2.4) - 0.055)


def estimate(rgb: RGB) -> Light:
    """The light of a photograph; white light where too little of it is near neutral to tell."""
    pixels = to_linear(shrink(rgb, SIDE).reshape(-1, 3) / 255.0)
    bright = pixels.max(axis=1)
    exposure = float(np.clip(WHITE / max(1e-6, float(np.percentile(bright, 99))), 1.0, MOST_BRIGHTENED))
    usable = pixels[(pixels.mean(axis=1) > DARKEST) & (bright < BRIGHTEST)]
    if len(usable) < 50:
        return Light(Gains(1.0, 1.0, 1.0), exposure)
    logs = np.log(np.maximum(usable, 1e-4))
    warm, green = logs[:, 0] - logs[:, 2], logs[:, 1] - (logs[:, 0] + logs[:, 2]) / 2
    weight = usable.mean(axis=1) ** 0.5
    candidates = np.linspace(-ALONG, ALONG, 37)
    near = np.exp(-((warm[None] - candidates[:, None]) ** 2 + 4 * green[None] ** 2) / (1.44 * NEAR_GRAY**2))
    shares = near @ weight / weight.sum()
    best = int((np.log(shares + 0.01) - candidates**2 / (2 * SPREAD**2)).argmax())
    trust = min(1.0, float(shares[best]) / TRUSTED)
    sums = (near[best][:, None] * usable**NORM).sum(axis=0) ** (1 / NORM)
    red, middle, blue = np.maximum(sums, 1e-6).tolist()  # a pure colour lacks another one wholly
    along = trust * float(np.clip(np.log(red / blue), -ALONG, ALONG))
    across = trust * float(np.clip(np.log(middle / (red * blue) ** 0.5), -ACROSS, ACROSS))
    along = float(np.sign(along)) * max(0.0, abs(along) - UNTOUCHED)
    gains = _gains(along, across).tolist()
    return Light(Gains(*gains), exposure)


def _gains(along: float, across: float) -> NDArray[np.float64]:
    """Gains that take a light of the given colour out and keep the luma of gray."""
    gains = np.array([np.exp(-along / 2), np.exp(-across), np.exp(along / 2)])
    found: NDArray[np.float64] = gains / (gains @ np.array([0.2126, 0.7152, 0.0722]))
    return found
