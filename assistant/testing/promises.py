"""What a check of a plugin says: a promise kept, broken, or not to be checked here. Not for the checks themselves."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeAlias, TypeVar

from assistant.errors import AssistantError

C = TypeVar("C")


class Broken(AssertionError):  # an assertion, so that test runners show it as a failure rather than an error
    """A promise that a plugin does not keep."""

    def __init__(self, promise: str, what: str, remedy: str) -> None:
        super().__init__(f"{promise}: {what} {remedy}".strip())
        self.promise = promise
        self.what = what
        self.remedy = remedy


class NotApplicable(Exception):
    """A promise that cannot be checked here, and why."""


@dataclass(frozen=True, slots=True)
class Promise(Generic[C]):
    """One thing that every plugin of a sort keeps."""

    name: str
    """lower_case_words: that of the check."""
    sentence: str
    """What is promised."""
    check: Callable[[C], None]
    """Raises Broken or NotApplicable."""


def promised(*checks: Callable[[C], None]) -> tuple[Promise[C], ...]:
    """The promises that these functions check, each named and described by its function."""
    found = []
    for check in checks:
        sentence = (check.__doc__ or "").strip().split("\n", 1)[0]
        found.append(Promise(check.__name__, sentence, check))
    return tuple(found)


State: TypeAlias = Literal["kept", "broken", "not applicable"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of checking one promise of one thing."""

    subject: str
    """What was checked: "perceiver shout"."""
    promise: str
    state: State
    what: str = ""
    """What is wrong, or why it could not be checked; of a kept promise, what was noticed beside it."""
    remedy: str = ""

    def to_json(self) -> dict[str, str]:
        """A JSON object with every field."""
        return {
            "subject": self.subject,
            "promise": self.promise,
            "state": self.state,
            "what": self.what,
            "remedy": self.remedy,
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Verdict:
        """The inverse of `to_json`."""
        return cls(**value)


def judge(subject: str, promise: Promise[C], case: C) -> Verdict:
    """Check one promise; whatever goes wrong is a verdict."""
    with warnings.catch_warnings(record=True) as noticed:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", PromiseWarning)
        try:
            promise.check(case)
        except Broken as broken:
            return Verdict(subject, promise.name, "broken", broken.what, broken.remedy)
        except NotApplicable as reason:
            return Verdict(subject, promise.name, "not applicable", str(reason))
        except AssistantError as error:
            what = f"it raised {type(error).__name__}: {error.message}"
            return Verdict(subject, promise.name, "broken", what, error.remedy or "Mend the plugin.")
        except Exception as error:  # a check met something it did not foresee: that is a finding, with its name
            what = f"it raised {type(error).__name__}: {error}."
            return Verdict(subject, promise.name, "broken", what, "Mend the plugin; the traceback is in its tests.")
    notes = [str(each.message) for each in noticed if issubclass(each.category, PromiseWarning)]
    return Verdict(subject, promise.name, "kept", " ".join(notes))


class PromiseWarning(UserWarning):
    """Something that is kept today and will not be for ever."""


def judge_all(subject: str, promises: Iterable[Promise[C]], case: C) -> list[Verdict]:
    """Check promises one after another."""
    return [judge(subject, promise, case) for promise in promises]
