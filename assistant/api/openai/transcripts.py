"""What was heard in one recording, gathered from the events of a turn, in the shapes of OpenAI's audio endpoints. Not
for running the turn: see audio.py.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from assistant.api.failures import Refused
from assistant.api.openai.models import STATUSES
from assistant.types import Event, Gap, GapCause, Kind, Missed, Observation, Observed, Part, Status

KINDS: Final = frozenset({Kind.TRANSCRIPT_SEGMENT, Kind.TRANSCRIPT, Kind.NO_SPEECH})
"""What has to be perceived for a transcript."""
UNSPACED: Final = frozenset({"zh", "yue", "ja", "th", "lo", "my", "km", "bo"})
"""Languages that are written without spaces."""
RETRY_SECONDS: Final = 10.0


class Transcript:
    """What one perceiver heard in one recording."""

    def __init__(self, hearer: str, part: Part) -> None:
        """Nothing is heard yet.

        Args:
            hearer: the perceiver whose word counts.
            part: the recording.
        """
        self.hearer = hearer
        self.part = part
        self.segments: list[Observation] = []
        self.whole: Observation | None = None
        self.silence: Observation | None = None
        self.gaps: list[Gap] = []
        self.cached = False
        self._began = time.perf_counter()

    def add(self, event: Event) -> str:
        """Take note of an event; the text that it adds to the transcript, with the space before it."""
        if isinstance(event, Missed):
            gap = event.gap
            if gap.cause == "crashed":  # what went wrong inside is for the log
                gap = replace(gap, message=f"{gap.source} failed on {gap.name or 'the recording'}.")
            self.gaps.append(gap)
        elif isinstance(event, Status):
            self.cached |= event.perceiver == self.hearer and event.state == "cached"
        elif isinstance(event, Observed) and event.observation.source == self.hearer:
            seen = event.observation
            if seen.kind == Kind.TRANSCRIPT_SEGMENT:
                spaced = bool(self.segments) and self.segments[-1].data.get("language") not in UNSPACED
                self.segments.append(seen)
                return f" {seen.text}" if spaced else seen.text
            if seen.kind == Kind.TRANSCRIPT:
                self.whole = seen
            elif seen.kind == Kind.NO_SPEECH:
                self.silence = seen
        return ""

    def check(self) -> None:
        """See to it that the recording was heard to its end.

        Raises:
            Refused: it was not; says why, and what mends it.
        """
        if self.whole is not None or self.silence is not None:
            return
        gap = next((each for each in self.gaps if each.source == self.hearer), None)
        gap = gap or next((each for each in self.gaps if each.part == self.part.digest), None)
        cause: GapCause = gap.cause if gap else "crashed"
        status, code = STATUSES[cause]
        message, remedy = "The recording could not be transcribed.", "The server's log has the details."
        if gap is not None and cause != "crashed":
            message, remedy = gap.message, gap.remedy
        retry = RETRY_SECONDS if cause in ("timeout", "paused", "cancelled") else None
        raise Refused(
            message, remedy, status=status, code=code, param="file" if status == 422 else None, retry_after=retry
        )

    # ---- what came of it ---------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """Everything that was said; "" if nothing was."""
        return self.whole.text if self.whole else ""

    @property
    def seconds(self) -> float:
        """Length of the recording, as far as it was heard."""
        seen = self.whole or self.silence
        return float(seen.data.get("seconds") or (seen.span[1] if seen.span else 0.0)) if seen else 0.0

    @property
    def language(self) -> str:
        """English name of the language of the text, in lower case as OpenAI has it; "" if nothing was said."""
        if self.whole is None:
            return ""
        if self.whole.data.get("translated_from"):
            return "english"
        return str(self.whole.data.get("language_name") or self.whole.data.get("language") or "").lower()

    @property
    def notes(self) -> tuple[str, ...]:
        """What whoever reads the text should know, as sentences."""
        found = list(self.part.facts.get("notes") or ())  # type: ignore[arg-type]
        if self.whole is not None:
            found += self.whole.data.get("notes") or ()
        elif self.silence is not None:
            found.append("No speech was heard.")
        found += [f"{gap.message} {gap.remedy}".strip() for gap in self.gaps]
        return tuple(dict.fromkeys(map(str, found)))

    def words(self) -> list[dict[str, Any]]:
        """All words with their times in seconds."""
        return [
            {"word": word["word"], "start": word["start"], "end": word["end"]}
            for segment in self.segments
            for word in segment.data.get("words") or ()
        ]

    def extension(self) -> dict[str, Any]:
        """The field `sensorium` of a response; documented in docs/api.md."""
        data = self.whole.data if self.whole else {}
        return {
            "perceiver": self.hearer,
            "confidence": round(self.whole.confidence, 4) if self.whole else None,
            "language": data.get("language"),
            "translated_from": data.get("translated_from"),
            "languages": data.get("languages") or {},
            "speech_seconds": data.get("speech_seconds", 0.0),
            "notes": list(self.notes),
            "gaps": [gap.to_json() for gap in self.gaps],
            "cached": self.cached,
            "milliseconds": round((time.perf_counter() - self._began) * 1000, 1),
        }

    def usage(self) -> dict[str, Any]:
        """What was used, counted as OpenAI does for Whisper."""
        return {"type": "duration", "seconds": self.seconds}

    def to_json(self) -> dict[str, Any]:
        """The response format json."""
        return {"text": self.text, "usage": self.usage(), "sensorium": self.extension()}

    def to_verbose_json(self, task: str, granularities: Sequence[str]) -> dict[str, Any]:
        """The response format verbose_json, with segments, words or both."""
        found: dict[str, Any] = {
            "task": task,
            "language": self.language,
            "duration": self.seconds,
            "text": self.text,
        }
        if "segment" in granularities:
            found["segments"] = [_segment(number, seen) for number, seen in enumerate(self.segments)]
        if "word" in granularities:
            found["words"] = self.words()
        return found | {"usage": self.usage(), "sensorium": self.extension()}


def _segment(number: int, seen: Observation) -> dict[str, Any]:
    start, end = seen.span or (0.0, 0.0)
    encoded = seen.text.encode()
    return {
        "id": number,
        "seek": int(start * 100),  # hundredths of a second, as Whisper counts
        "start": start,
        "end": end,
        "text": seen.text,
        "tokens": [],  # not kept: they mean nothing without the vocabulary
        "temperature": 0.0,
        "avg_logprob": seen.data.get("avg_logprob"),
        "compression_ratio": round(len(encoded) / len(zlib.compress(encoded)), 4) if encoded else 0.0,
        "no_speech_prob": seen.data.get("no_speech_prob"),
        "sensorium": {"confidence": round(seen.confidence, 4), "language": seen.data.get("language")},
    }
