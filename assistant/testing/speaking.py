"""What every voice promises, as checks without pytest. Not for how it sounds."""

from __future__ import annotations

import threading
from typing import Any, Final

from assistant.plugin import Utterance, Voice
from assistant.testing import awkward, running
from assistant.testing.cases import VoiceCase, acceptable
from assistant.testing.isolated import works_in_a_process_of_its_own
from assistant.testing.plugged import (
    closes_cleanly,
    declares_what_decides,
    declares_what_it_is,
    import_is_light,
    options_have_defaults,
)
from assistant.testing.promises import Broken, NotApplicable, Promise, promised

RATES: Final = (8_000, 192_000)
"""Hertz of sound that players take."""
HONOURED: Final = frozenset({"speed", "instructions"})
"""What `honours` may name."""
FASTER: Final = 0.9
"""At twice the speed, at most this share of the usual time."""


def gives_sound(case: VoiceCase) -> None:
    """It gives mono float32 samples from -1 to 1, and after load a sample rate, for every speaker that it names."""
    promise = gives_sound.__name__
    with case.loaded() as voice:
        if not isinstance(voice.sample_rate, int) or not RATES[0] <= voice.sample_rate <= RATES[1]:
            raise Broken(promise, f"after load() its sample_rate is {voice.sample_rate!r}.", "Set hertz in load().")
        if not isinstance(voice.speakers, tuple) or not all(isinstance(each, str) for each in voice.speakers):
            raise Broken(promise, f"after load() its speakers are {voice.speakers!r}.", "Make it a tuple of names.")
        unknown = set(voice.honours) - HONOURED
        if unknown:
            raise Broken(promise, f"honours names {', '.join(sorted(unknown))}.", "There is: instructions, speed.")
        for speaker in ("", *voice.speakers[:3]):
            pieces = case.speak(voice, promise, Utterance(case.text, speaker))
            _check_pieces(promise, pieces)
            if not sum(len(piece) for piece in pieces):
                raise Broken(promise, f"of {case.text!r} it makes no sound.", "Yield samples.")


def _check_pieces(promise: str, pieces: list[Any]) -> None:
    import numpy as np

    for piece in pieces:
        if not isinstance(piece, np.ndarray) or piece.ndim != 1 or piece.dtype != np.float32:
            what = f"{piece.dtype} of shape {piece.shape}" if isinstance(piece, np.ndarray) else type(piece).__name__
            raise Broken(promise, f"it yields {what}.", "Yield one-dimensional float32 arrays.")
        if not np.isfinite(piece).all() or (piece.size and np.abs(piece).max() > 1.0):
            raise Broken(promise, "samples lie outside of -1 to 1.", "Scale or clip them.")


def speaks_what_is_difficult(case: VoiceCase) -> None:
    """Empty, odd and foreign texts, and speakers that it does not have, do not make it crash or hang."""
    promise = speaks_what_is_difficult.__name__
    with case.loaded() as voice:
        for utterance in (
            *(Utterance(text) for text in ("", " ", "?!", awkward.ODD, awkward.CHINESE, awkward.HOSTILE)),
            Utterance(case.text, "nobody of that name"),
            Utterance(case.text, speed=0.25),
            Utterance(case.text, speed=4.0),
        ):
            try:
                _check_pieces(promise, case.speak(voice, promise, utterance))
            except Broken:
                raise
            except Exception as error:  # whatever it is, it would be a crash
                if not acceptable(error):
                    given = utterance.speaker or utterance.text[:30]
                    raise Broken(
                        promise,
                        f"given {given!r} it raises {type(error).__name__}: {error}.",
                        "Raise RequestRefused, with a remedy.",
                    ) from error


def falls_silent_when_cancelled(case: VoiceCase) -> None:
    """A text that is cancelled, before or after its first piece, ends soon."""
    promise = falls_silent_when_cancelled.__name__
    with case.loaded() as voice:
        for first in (False, True):
            cancel = threading.Event()
            if not first:
                cancel.set()

            def work(voice: Voice = voice, first: bool = first, cancel: threading.Event = cancel) -> int:
                heard = 0
                for piece in voice.speak(Utterance(f"{case.text} " * 20, cancel=cancel)):
                    heard += len(piece)
                    if first:
                        cancel.set()
                return heard

            outcome = running.within(running.CALL_LIMIT if first else running.GRACE_SECONDS, work, cancel)
            if not outcome.ended:
                raise Broken(promise, "cancelled, it goes on.", "Look at utterance.cancel between pieces.")
            if outcome.error is not None and not acceptable(outcome.error):
                error = outcome.error
                raise Broken(promise, f"cancelled, it raises {type(error).__name__}: {error}.", "Return instead.")


def honours_the_speed(case: VoiceCase) -> None:
    """With "speed" in `honours`, twice the speed takes less time."""
    promise = honours_the_speed.__name__
    with case.loaded() as voice:
        if "speed" not in voice.honours:
            raise NotApplicable("it does not say that it follows a speed.")
        usual, fast = (
            sum(len(piece) for piece in case.speak(voice, promise, Utterance(case.text, speed=speed)))
            for speed in (1.0, 2.0)
        )
    if fast > FASTER * usual:
        raise Broken(promise, f"at twice the speed it takes {fast / max(1, usual):.0%} of the time.", "Follow it.")


VOICE: Final[tuple[Promise[VoiceCase], ...]] = promised(
    declares_what_it_is,
    import_is_light,
    options_have_defaults,
    declares_what_decides,
    gives_sound,
    speaks_what_is_difficult,
    falls_silent_when_cancelled,
    honours_the_speed,
    works_in_a_process_of_its_own,
    closes_cleanly,
)
"""What is checked of a voice, in this order."""
