"""The only place that decodes untrusted bytes: sniffs, caps while reading, gives upright pixels and 16 kHz sound.

    sniff.py        what is it? by content alone, from an allow-list; a refusal says what it is and what to send instead
    pictures.py     Pillow      recordings.py, frames.py, boxes.py   PyAV
    decoder.py      the seam behind which those run: in this process, or
    worker.py       in processes of their own (template.py, job.py, wire.py here; child.py there)
    media.py        Media: Parts in, pixels and sound out

Not for judging what is seen or heard: that is what perceivers do.
"""

from assistant.media.media import Media, text_part
from assistant.media.values import SAMPLE_RATE, Audio, Frame, Image, Limits

__all__ = ["SAMPLE_RATE", "Audio", "Frame", "Image", "Limits", "Media", "text_part"]
