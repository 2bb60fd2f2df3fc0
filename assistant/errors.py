"""Every exception the assistant raises on purpose. Not for reporting gaps in perception: those are `types.Gap`.

AssistantError
├── SettingsError            a setting, flag or environment variable is wrong
├── PluginError              a plugin broke its contract
│   ├── DuplicateName        two plugins chose the same name
│   ├── NotAsPromised        what a plugin gave is not what it declared, or makes no sense
│   └── PluginCrashed        the process of a plugin failed or ended
├── MediaError               a file cannot be taken
│   ├── UnsupportedMedia     not a format we read
│   ├── MediaTooLarge        over a cap: bytes, pixels, frames, seconds
│   ├── UnreadableMedia      empty, truncated or corrupt
│   ├── DecoderUnavailable   no process to decode it in; not the file's fault
│   └── FetchRefused         an address that is not fetched, or that gave nothing usable
├── WeightsError             model weights are not usable
│   ├── WeightsMissing       not on this machine
│   ├── WeightsCorrupt       a hash does not match
│   └── PullFailed           could not be fetched
├── MissingLibrary           an optional package is not installed
├── CannotAnswer             an answerer passes the question on
├── InstallError             a distribution cannot be installed or removed, or may not be
├── RequestRefused           what was asked for cannot be done as it was asked; nothing failed
├── Cancelled                the person stopped the turn
├── NotFound                 no such conversation or file (or it is someone else's)
├── Busy                     the conversation's last question is still being answered
├── Unavailable              the database cannot be reached just now
│   └── NotWritable          what is stored can be read at best
├── StorageFull              no room left on the disk
└── NothingToDo              neither a question nor a file was given
"""

from __future__ import annotations

from typing import Any, Final

SHOWN: Final = 80
"""Characters of a wrong value, or of the text of others' exceptions, that a message repeats."""


class AssistantError(Exception):
    """Root of the tree: what failed in `message`, what mends it in `remedy`."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


def described(error: BaseException) -> str:
    """An exception of others' making as people may read it: its name alone, for its text may tell anything.

    The log has the rest.
    """
    return type(error).__name__


def said(error: BaseException) -> str:
    """An exception of a plugin's in a message to whoever runs it: its name and text, which may raise in its turn."""
    try:
        return f"{type(error).__name__}: {error}"
    except Exception:  # its own __str__: there is nothing else to say about it
        return type(error).__name__


def shown(value: Any) -> str:
    """A value in a message: shortened, and never an error of its own."""
    try:
        return shortened(repr(value))
    except Exception:  # the value's own __repr__: there is nothing else to say about it
        return f"a {type(value).__name__}"


def shortened(text: str) -> str:
    """The beginning of a text as one line of a message."""
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else line[: SHOWN - 3] + "..."


class SettingsError(AssistantError):
    """A setting, flag or environment variable is wrong."""


class PluginError(AssistantError):
    """A plugin broke its contract."""


class DuplicateName(PluginError):
    """Two plugins chose the same name."""


class NotAsPromised(PluginError):
    """What a plugin gave is not what it declared, or makes no sense. People may read the message: the host wrote it."""


class PluginCrashed(PluginError):
    """The process of a plugin ended, or said what makes no sense. People may read the message: the host wrote it."""


class MediaError(AssistantError):
    """A file cannot be taken."""


class UnsupportedMedia(MediaError):
    """Not a format on the allow-list."""


class MediaTooLarge(MediaError):
    """Over a cap: bytes, pixels, frames or seconds."""


class UnreadableMedia(MediaError):
    """Empty, truncated or corrupt."""


class DecoderUnavailable(MediaError):
    """The process that decodes files cannot be started, or was ended; the file itself may be good."""


class FetchRefused(MediaError):
    """An address is not fetched, or what it gave cannot be used."""


class WeightsError(AssistantError):
    """Model weights are not usable."""


class WeightsMissing(WeightsError):
    """Not on this machine."""


class WeightsCorrupt(WeightsError):
    """A file's hash is not the one in the specification."""


class PullFailed(WeightsError):
    """Weights could not be fetched."""


class MissingLibrary(AssistantError):
    """An optional package is not installed."""


class InstallError(AssistantError):
    """A distribution cannot be installed or removed, or may not be."""


class CannotAnswer(AssistantError):
    """Raised by an answerer to pass the question to the next one."""


class RequestRefused(AssistantError):
    """What was asked for cannot be done as it was asked; whose turn it was has not failed."""


class Cancelled(AssistantError):
    """The turn was stopped; raised inside a perceiver by `Task.check`."""

    def __init__(self, message: str = "stopped", remedy: str = "") -> None:
        super().__init__(message, remedy)


class NotFound(AssistantError):
    """No such conversation or file for this owner."""


class Busy(AssistantError):
    """The conversation's last question is still being answered."""


class Unavailable(AssistantError):
    """The database cannot be reached just now; the same may work a moment later."""


class NotWritable(Unavailable):
    """The disk or the database is read-only or broken just now; nothing was half-written."""


class StorageFull(AssistantError):
    """There is no room left on the disk; nothing was half-written."""


class NothingToDo(AssistantError):
    """Neither a question nor a file was given."""
