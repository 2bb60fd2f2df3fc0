"""What a program is computed on: the pictures and recordings in question, their observations made one, what is missing.

Not for understanding questions (parse.py) nor for wording (phrase.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from assistant.context import Snapshot
from assistant.fusion.reconcile import agree, merge
from assistant.types import AUDIO, IMAGE, TEXT, VIDEO, Kind, Observation, Part, Question
from assistant_reasoner.labels import GROUPS, kinds
from assistant_reasoner.phrase import Phrases
from assistant_reasoner.programs import Which

CONCEPTS = "concepts"
"""The observation kind that carries `data.probabilities`: noun -> probability that the picture shows it."""
Embed = Callable[[Sequence[str]], Any]
LABEL_NAMES_CLASS = {group: group for group in GROUPS}
"""A label's group names a detector class where both are called alike."""


def label_means(label: Observation, name: str) -> bool:
    """Whether a label of the whole picture is an example of the name: "tabby" of "cat"."""
    return label_share(label, name) > 0


def label_share(label: Observation, name: str) -> float:
    """The probability that the label gives to the name: its own, or that of its broader kind; 0 if it means another."""
    names = {label.text.casefold(), *(str(one).casefold() for one in label.data.get("synonyms") or ())}
    broader = label.data.get("broader")
    if name in names:
        return label.confidence
    if broader == name:
        return float(label.data.get("broader_confidence") or label.confidence)
    if name in kinds(label.text) or any(one.endswith(f" {name}") for one in names):
        return label.confidence
    return 0.0


def _reading_order(line: Observation) -> tuple[float, float]:
    order = line.data.get("order", 0)
    return float(order) if isinstance(order, int | float) else 0.0, line.box[1] if line.box else 0.0


@dataclass(frozen=True)
class Picture:
    """A still picture, or one frame of a video, with what was perceived in it; duplicates are one, agreement counts."""

    part: Part
    observations: tuple[Observation, ...]

    def _of(self, kind: str) -> tuple[Observation, ...]:
        return merge(seen for seen in self.observations if seen.kind == kind)

    @cached_property
    def labels(self) -> tuple[Observation, ...]:
        """What the picture as a whole shows, likeliest first."""
        return self._of(Kind.LABEL)

    @cached_property
    def objects(self) -> tuple[Observation, ...]:
        """Things with boxes, surest first; surer where a label agrees."""
        found = agree(
            self._of(Kind.OBJECT),
            self.labels,
            lambda label, seen: label_means(label, seen.text),
        )
        return tuple(sorted(found, key=lambda seen: -seen.confidence))

    @cached_property
    def shapes(self) -> tuple[Observation, ...]:
        """Drawn shapes."""
        return self._of(Kind.SHAPE)

    @cached_property
    def lines(self) -> tuple[Observation, ...]:
        """Lines of text in reading order."""
        found = self._of(Kind.TEXT_LINE)
        return tuple(sorted(found, key=_reading_order))

    @cached_property
    def colors(self) -> tuple[Observation, ...]:
        """Dominant colours, largest first."""
        return tuple(sorted(self._of(Kind.COLOR), key=lambda seen: -float(seen.data.get("share") or 0.0)))

    @cached_property
    def faces(self) -> tuple[Observation, ...]:
        """Faces, surest first."""
        return self._of(Kind.FACE)

    @cached_property
    def captions(self) -> tuple[Observation, ...]:
        """Sentences about the whole, those of a model before composed ones."""
        found = self._of(Kind.CAPTION)
        return tuple(sorted(found, key=lambda seen: (seen.data.get("rule") == "composed", -seen.confidence)))

    @cached_property
    def concepts(self) -> Observation | None:
        """The probabilities of nouns of a fixed vocabulary, things that nobody looks for with boxes included."""
        return next((seen for seen in self.observations if seen.kind == CONCEPTS), None)

    @cached_property
    def facts(self) -> Observation | None:
        """Size, brightness and the like."""
        return next(iter(self._of(Kind.IMAGE_FACTS)), None)


@dataclass(frozen=True)
class Scene:
    """A picture, or a video with its frames in time order."""

    part: Part
    name: str
    """What to call it in an answer: "the picture", "picture 2", "the video"."""
    pictures: tuple[Picture, ...]

    @property
    def is_video(self) -> bool:
        """Whether it has frames."""
        return self.part.modality == VIDEO


@dataclass(frozen=True)
class Recording:
    """A recording or the sound of a video, with what was heard in it."""

    part: Part
    name: str
    observations: tuple[Observation, ...]

    @cached_property
    def segments(self) -> tuple[Observation, ...]:
        """What was said, in time order."""
        found = [seen for seen in self.observations if seen.kind == Kind.TRANSCRIPT_SEGMENT and seen.text.strip()]
        return tuple(sorted(found, key=lambda seen: seen.span or (0.0, 0.0)))

    @cached_property
    def transcript(self) -> Observation | None:
        """Everything that was said, if a perceiver gave it as one."""
        return next((seen for seen in self.observations if seen.kind == Kind.TRANSCRIPT and seen.text.strip()), None)

    @cached_property
    def silence(self) -> Observation | None:
        """The observation that nobody speaks."""
        return next((seen for seen in self.observations if seen.kind == Kind.NO_SPEECH), None)

    @property
    def heard(self) -> tuple[Observation, ...]:
        """The segments, or else the transcript."""
        return self.segments or ((self.transcript,) if self.transcript else ())

    @property
    def text(self) -> str:
        """Everything that was said."""
        return " ".join(seen.text.strip() for seen in self.heard)

    @property
    def perceived(self) -> bool:
        """Whether a perceiver listened to the end: speech or its absence was noted."""
        return bool(self.heard or self.silence)


@dataclass(frozen=True)
class World:
    """A snapshot, seen from one question."""

    snapshot: Snapshot
    question: Question = field(default_factory=lambda: Question(""))
    which: Which = field(default_factory=Which)
    say: Phrases = field(default_factory=Phrases)
    capabilities: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    embed: Embed | None = None

    # ---- what the question is about

    @cached_property
    def all_visuals(self) -> tuple[Part, ...]:
        """Pictures and videos of the conversation, oldest first; frames left out."""
        return tuple(part for part in self.snapshot.parts if part.modality in (IMAGE, VIDEO) and part.parent is None)

    @cached_property
    def current_visuals(self) -> tuple[Part, ...]:
        """Those of this turn, else of the latest message that had some, else the latest."""
        return self._latest(self.all_visuals)

    @cached_property
    def scenes(self) -> tuple[Scene, ...]:
        """The pictures and videos that the question is about."""
        return tuple(self.scene(part) for part in self._asked(self.all_visuals, self.current_visuals))

    def files(self, fitting: Callable[[Part], bool]) -> tuple[Part, ...]:
        """What was sent, of whatever modality, that the question is about, if any of it fits; typed texts left out."""
        sent = {*self.snapshot.turn_parts, *(digest for one in self.snapshot.messages for digest in one.parts)}
        known = tuple(
            part
            for part in self.snapshot.parts
            if part.parent is None and part.digest in sent and part.digest != self.question.part
        )
        if self.which.scope in ("index", "previous") and self.all_visuals:
            known = self.all_visuals
        known = tuple(part for part in known if fitting(part)) or known
        return self._asked(known, self._latest(known))

    def _asked(self, known: tuple[Part, ...], current: tuple[Part, ...]) -> tuple[Part, ...]:
        if self.which.scope == "all":
            return current if len(current) > 1 else known
        if self.which.scope == "previous":
            before = tuple(part for part in known if part not in current)
            return before[-1:] or (known[:-1][-1:] if len(known) > 1 else known)
        if self.which.scope == "index":
            pool = current if len(current) >= abs(self.which.index) and len(current) > 1 else known
            position = self.which.index - 1 if self.which.index > 0 else len(pool) + self.which.index
            return (pool[position],) if 0 <= position < len(pool) else ()
        return current

    def _latest(self, parts: tuple[Part, ...]) -> tuple[Part, ...]:
        now = tuple(part for part in parts if part.digest in self.snapshot.turn_parts)
        if now:
            return now
        for message in reversed(self.snapshot.messages):
            then = tuple(part for part in parts if part.digest in message.parts)
            if then:
                return then
        return parts[-1:]

    def scene(self, part: Part) -> Scene:
        """The picture or video with what was perceived in it."""
        if part.modality == VIDEO:
            frames = [one for one in self.snapshot.family(part.digest) if one.modality == IMAGE]
            frames.sort(key=lambda one: one.span or (0.0, 0.0))
            return Scene(part, self.name_of(part), tuple(self._picture(frame) for frame in frames))
        return Scene(part, self.name_of(part), (self._picture(part),))

    def _picture(self, part: Part) -> Picture:
        return Picture(part, self.snapshot.of(part=part.digest))

    def name_of(self, part: Part) -> str:
        """ "the picture", or "picture 2" when there are several."""
        alike = [one for one in self.all_visuals if one.modality == part.modality]
        word = "video" if part.modality == VIDEO else "picture"
        if len(alike) == 1:
            return self.say.numbered(word)
        pool = self.current_visuals if part in self.current_visuals and len(self.current_visuals) > 1 else tuple(alike)
        return self.say.numbered(word, pool.index(part) + 1 if part in pool else 0)

    @cached_property
    def recordings(self) -> tuple[Recording, ...]:
        """The recordings that the question is about; the spoken question itself only if there is no other."""
        known = tuple(part for part in self.snapshot.parts if part.modality == AUDIO)
        others = tuple(part for part in known if part.digest != self.question.part)
        pool = others or known
        now = tuple(part for part in pool if {part.digest, part.parent} & set(self.snapshot.turn_parts))
        latest = now
        if not latest:
            for message in reversed(self.snapshot.messages):
                latest = tuple(part for part in pool if {part.digest, part.parent} & set(message.parts))
                if latest:
                    break
        chosen = latest or pool[-1:]
        names = {part.digest: self._recording_name(part, chosen) for part in chosen}
        return tuple(Recording(part, names[part.digest], self.snapshot.of(part=part.digest)) for part in chosen)

    def _recording_name(self, part: Part, among: tuple[Part, ...]) -> str:
        if part.parent:
            return self.say.numbered("video")
        return self.say.numbered("recording", 0 if len(among) == 1 else among.index(part) + 1)

    @cached_property
    def texts(self) -> tuple[Part, ...]:
        """Texts that were typed or sent, oldest first."""
        return tuple(part for part in self.snapshot.parts if part.modality == TEXT)

    # ---- what is missing

    def able(self, kind: str, part: Part) -> bool:
        """Whether a perceiver of the kind looked at the part, so that finding nothing means something."""
        if any(seen.part == part.digest for seen in self.snapshot.of(kind)):
            return True
        if any(kind in gap.kinds and gap.part in (None, part.digest, part.parent) for gap in self.snapshot.gaps):
            return False
        return kind in self.capabilities.get(part.modality, ())

    def reason(self, kind: str, part: Part | None, name: str) -> str:
        """Why observations of the kind are missing, as a clause without a full stop."""
        digests = {part.digest, part.parent} if part else set()
        for gap in self.snapshot.gaps:
            if (not gap.kinds or kind in gap.kinds) and (gap.part is None or gap.part in digests or not digests):
                remedy = f" {gap.remedy}" if gap.remedy else ""
                told = f"{gap.message}{remedy}".strip().rstrip(".")
                if self.say.language == "en":
                    return told
                missing = self.say("not_perceived", what=self.say.kind(kind), name=name)
                return f"{missing} ({self.say.quote(told)})"
        modality = part.modality if part else IMAGE
        what = self.say.kind(kind)
        if kind not in self.capabilities.get(modality, ()):
            return self.say("no_plugin", what=what)
        return self.say("not_perceived", what=what, name=name)
