"""Perceives the dominant colours of a whole picture. Not for the colours of objects: see objects.py."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.plugin import Perceiver, Task
from assistant.types import IMAGE, Kind, Observation
from assistant_vision.light import estimate
from assistant_vision.palette import named_colors
from assistant_vision.pixels import is_drawn, shrink

SIDE = 96
"""Pixels of the longer side on which colours are counted: averaging melts texture and noise into its colour."""
MOST = 6


class VisionColors(Perceiver):
    """Up to six named colours with their share of the picture."""

    name = "vision_colors"
    version = "2"
    consumes = (IMAGE,)
    produces = (Kind.COLOR,)
    heavy = False
    deadline = 10.0

    def perceive(self, task: Task) -> Iterable[Observation]:
        """One observation a colour, largest share first.

        Of a photograph the tint of the light is taken out first; certainty grows with the share and with how surely
        people use the name.
        """
        rgb = task.image().rgb
        drawn = is_drawn(rgb)  # in a drawing, a small even area is meant to be there
        small = shrink(rgb, SIDE)
        pixels = (small if drawn else estimate(small).untinted(small)).reshape(-1, 3)
        for color in named_colors(pixels, least=0.01 if drawn else 0.05)[:MOST]:
            certainty = min(0.95, 0.6 + 2 * color.share) * (0.7 + 0.3 * color.probability)
            yield task.observe(
                Kind.COLOR, color.name, certainty, rgb=list(color.rgb), share=color.share, shade=color.shade
            )
