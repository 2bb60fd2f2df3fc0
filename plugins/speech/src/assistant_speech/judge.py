"""Tells speech from what Whisper makes up over noise, and gives its confidence. Not for finding speech: see windows.py.

Whisper was trained on subtitles and writes a likely sentence even where nobody speaks. No list of such sentences is
kept: what is invented shows in the figures of the decoder and of the voice-activity detector, whatever the words are.
"""

from __future__ import annotations

import math

from assistant_speech.heard import Heard

REPETITIVE = 2.4
"""zlib compression ratio above which a text is a loop (Radford et al. 2022, "Robust Speech Recognition via Large-Scale
Weak Supervision", section 4.5)."""
SILENT = 0.6
"""Probability of the no-speech token above which Whisper hears silence (same place)."""
UNLIKELY = -1.0
"""Average log-probability below which a text is a guess (same place)."""
CLEAR_VOICE = 0.9
"""The detector's 90th percentile over a segment: 0.95 and more in read, spoken and telephone speech of ten languages;
0.81 and less in animals, rain, instruments, humming and noise."""
SOME_VOICE = 0.6
FASTEST = 40.0
"""Characters a second that nobody speaks; fast speech in Latin script is about 25."""
SHORTEST_SECONDS = 0.3
"""Word times are exact to some 0.1 s: a rate is not computed over less than this."""
LOGIT_OFFSET = 3.6
LOGIT_SLOPE = 4.5


def is_speech(heard: Heard, voice: float) -> bool:
    """Whether the words were said, rather than made up.

    Args:
        heard: a segment.
        voice: how sure the voice-activity detector is of a voice in it, 0-1 (`Window.voice`).
    """
    text = "".join(heard.text.split())
    if not any(character.isalnum() for character in text):
        return False
    if heard.compression_ratio > REPETITIVE:
        return False
    if len(text) / max(heard.end - heard.start, SHORTEST_SECONDS) > FASTEST:
        return False
    doubts = (heard.no_speech_prob > SILENT) + (heard.avg_logprob < UNLIKELY) + (voice < CLEAR_VOICE)
    return doubts < 2 and voice >= SOME_VOICE


def confidence(avg_logprob: float) -> float:
    """The share of words that are right, 0-1, expected at this average log-probability (nats a token).

    A logistic curve fitted by benchmarks/speech_accuracy.py, which prints how far it is off: exp(avg_logprob), the mean
    probability of a token, is too low, because a token can be unsure (a comma, a spelling) where the word is right.
    """
    return 1.0 / (1.0 + math.exp(-(LOGIT_OFFSET + LOGIT_SLOPE * avg_logprob)))
