"""The items of an evaluation set: one frozen dataclass for each sort of task. Not for reading files: see formats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar

from assistant.types import Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What all items have."""

    task: ClassVar[str] = ""
    """The task's name, as `--task` and the report say it."""

    id: str
    """Unique within the set."""
    files: tuple[str, ...] = ()
    """Names of the media, relative to the set or to `--images`."""
    group: str = ""
    """The set or subset it comes from."""
    kind: str = ""
    """The kind of question within the set: "yes/no", "number", a relation, a language."""

    def to_json(self) -> dict[str, Any]:
        """Every field, for the key of a finished item and for the report."""
        return {"task": self.task, **asdict(self)}


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionItem(Item):
    """A question with one or several right answers."""

    task: ClassVar[str] = "answers"
    question: str
    answers: tuple[str, ...]
    """One right answer, several that are equally right, or what ten people said (repeats count)."""
    choices: tuple[str, ...] = ()
    """Where it is multiple choice: what to choose from."""
    answer: str = ""
    """Where it is multiple choice: the right one."""

    @property
    def asked(self) -> str:
        """The question as it is put to the assistant."""
        return f"{self.question} Choices: {', '.join(self.choices)}" if self.choices else self.question


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceItem(Item):
    """Something to be found in a picture."""

    task: ClassVar[str] = "answers"
    question: str
    box: Box
    """Where it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionItem(Item):
    """A picture and what people wrote about it."""

    task: ClassVar[str] = "captions"
    captions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CountsItem(Item):
    """A picture and how many objects of each class were annotated in it."""

    task: ClassVar[str] = "presence"
    counts: Mapping[str, int | None]
    """Class -> how many; None where a crowd was annotated, which is there but not counted."""
    classes: tuple[str, ...] = field(repr=False)
    """All classes that the annotators looked for; what the assistant says of others is not judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptItem(Item):
    """A recording and what is said in it, or a picture and what is written in it."""

    task: ClassVar[str] = "transcripts"
    transcript: str
    """Empty where nothing is said: every transcript of it is then wrong."""
    language: str = ""
    """ISO 639-1 code; decides whether words or characters are counted."""
    prefix: bool = False
    """The text is only the beginning of what is said."""
    characters: bool = False
    """Count characters as they are written, case and punctuation too, as is the custom for text in pictures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RatedItem(Item):
    """A sentence, or a recording of one, and how people felt it."""

    task: ClassVar[str] = "sentiment"
    text: str = ""
    """Empty where it is a recording."""
    valence: float | None = None
    """From -1, negative, to 1; None where only a label is known."""
    label: str = ""
    """positive, neutral or negative."""


RETRIEVAL = "retrieval"
"""The task of finding pictures by their captions and captions by their pictures; asked for, never taken by itself."""
TASKS = ("answers", "captions", "presence", "transcripts", "sentiment", RETRIEVAL)
"""All tasks, in the order they are reported."""


@dataclass(frozen=True, slots=True)
class EvaluationSet:
    """A set as it was read."""

    name: str
    """The file's name."""
    format: str
    """Which format it was."""
    items: tuple[Item, ...]
