"""The perceivers: sentiment of what was typed, and of what was said. Not of voices or faces."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.plugin import Perceiver, Services, Task
from assistant.types import TEXT, Kind, Observation
from assistant_sentiment.judge import WordsJudge, may_be_english


class _Words(Perceiver):
    """What both have in common."""

    produces = (Kind.SENTIMENT,)
    requires = ("safetensors", "vaderSentiment")
    version = "1"
    memory_mb = 10
    deadline = 60.0
    # Its own work is milliseconds; embedding happens in the embedder, which has its own queue.
    heavy = False
    concurrency = 2
    embeds = True

    def __init__(self) -> None:
        self._judge: WordsJudge | None = None

    def load(self, services: Services) -> None:
        """Read head and lexicon (0.2 s); the embedder is first asked when there is something to judge."""
        self._judge = WordsJudge(services.embed)

    def close(self) -> None:
        """Drop them."""
        self._judge = None

    def _observe(self, task: Task, scope: str, heard: float) -> Iterator[Observation]:
        """The sentiment of the task's text, if it can be judged; `heard`: probability that the words are right."""
        if self._judge is None:
            raise RuntimeError(f"{self.name}: perceive was called before load")
        verdict = self._judge.judge(task.text, task.check)
        if verdict is None:
            return
        # Words that were misheard say nothing: their share of the probability is spread over the three labels.
        confidence = heard * max(verdict.probabilities) + (1.0 - heard) / 3
        yield task.observe(
            Kind.SENTIMENT,
            verdict.label,
            confidence,
            valence=round(verdict.valence, 4),
            modality="words",
            scope=scope,
            method=verdict.method,
            reliability=verdict.reliability,
            probabilities=[round(share, 4) for share in verdict.probabilities],
        )


class SentimentOfText(_Words):
    """Sentiment of a typed text, as a whole; silent where the language perceiver finds that it is not English."""

    name = "sentiment_words"
    consumes = (TEXT,)
    gathers = (Kind.LANGUAGE,)

    def perceive(self, task: Task) -> Iterator[Observation]:
        """One `sentiment` observation, or none when there are no English words."""
        if all(may_be_english(seen.text, seen.confidence) for seen in task.observations):
            yield from self._observe(task, "whole", 1.0)


class SentimentOfSpeech(_Words):
    """Sentiment of the words of each transcript segment, and of the transcript as a whole, if in English."""

    name = "sentiment_speech_words"
    consumes = (Kind.TRANSCRIPT_SEGMENT, Kind.TRANSCRIPT)

    def perceive(self, task: Task) -> Iterator[Observation]:
        """One `sentiment` observation, or none when there are no English words."""
        heard = task.observation
        if heard is None:
            raise RuntimeError(f"{self.name}: perceives transcripts, not parts")
        sure = heard.data.get("language_probability", 1.0)
        if may_be_english(str(heard.data.get("language") or ""), float(sure)):
            scope = "whole" if heard.kind == Kind.TRANSCRIPT else "segment"
            yield from self._observe(task, scope, heard.confidence)
