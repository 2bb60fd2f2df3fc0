"""Checks plugins in the process that it runs in, and tells what came of it line by line: the inner half of
`assistant plugins check`, `python -m assistant.testing.checking`. Not for surviving them: see outside.py.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Final, TextIO

from assistant.errors import AssistantError, MediaError
from assistant.plugin import Answerer, Embedder, Perceiver, Plugged, Voice
from assistant.testing import running, samples
from assistant.testing.answering import ANSWERER
from assistant.testing.cases import AnswererCase, Case, EmbedderCase, Input, PerceiverCase, VoiceCase
from assistant.testing.collecting import collected, registered
from assistant.testing.embedding import EMBEDDER
from assistant.testing.fakes import FakeServices
from assistant.testing.modules import PLUGIN, PluginCase
from assistant.testing.perceiving import PERCEIVER
from assistant.testing.promises import Promise, Verdict, judge
from assistant.testing.speaking import VOICE
from assistant.types import AUDIO, IMAGE, MODALITIES, TEXT, VIDEO, Observation, Part, Question

SORTS: Final[Mapping[str, tuple[str, type[Plugged], tuple[Promise[Any], ...]]]] = {
    "register_perceivers": ("perceiver", Perceiver, PERCEIVER),
    "register_answerers": ("answerer", Answerer, ANSWERER),
    "register_embedders": ("embedder", Embedder, EMBEDDER),
    "register_voices": ("voice", Voice, VOICE),
}
"""Hook -> what it registers, and what that promises."""
IMPORTED: Final = "can_be_imported"
QUESTION: Final = "How many dogs are in the picture?"
ABOUT: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        "image_facts object label concepts shape text_line color face caption".split(),
        IMAGE,
    ),
    **dict.fromkeys("transcript_segment transcript no_speech sound_event speaker_turn".split(), AUDIO),
    "video_facts": VIDEO,
}
"""Kind -> the modality of the part that it is about; of all others, text."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing that is checked."""

    name: str
    """ "perceiver shout"."""
    case: Any
    promises: tuple[Promise[Any], ...]


def subjects(
    entry: str, module: ModuleType, only: str, files: Sequence[Path], directories: Mapping[str, Path]
) -> Iterator[Subject]:
    """What there is to check in a plugin: itself, then all that it plugs in."""
    if not only:
        yield Subject(f"plugin {entry}", PluginCase(module), PLUGIN)
    for hook, (sort, expected, promises) in SORTS.items():
        try:
            brought = registered(module, hook)
        except Exception:  # noqa: S112 - that a hook raises is found by the checks of the plugin itself
            continue
        for name, plugged in brought.items():
            if isinstance(plugged, expected) and only in ("", name):
                make = _maker(module, hook, name)
                address = f"{module.__name__}!{hook}/{name}"
                services = FakeServices(directories=dict(directories))
                yield Subject(f"{sort} {name}", _case(plugged, make, address, services, module, files), promises)


def _maker(module: ModuleType, hook: str, name: str) -> Callable[[], Any]:
    return lambda: registered(module, hook)[name]


def _case(
    plugged: Plugged,
    make: Callable[[], Any],
    address: str,
    services: FakeServices,
    module: ModuleType,
    files: Sequence[Path],
) -> Case[Any]:
    given: dict[str, Any] = {
        "make": make,
        "address": address,
        "services": services,
        "weights_known": frozenset(each.name for each in collected(module, "register_weights")),
    }
    if isinstance(plugged, Perceiver):
        return PerceiverCase(**given, inputs=tuple(inputs_of(plugged, module, files)))
    if isinstance(plugged, Answerer):
        return AnswererCase(**given, context=samples.scene(_needed(plugged)), question=QUESTION)
    if isinstance(plugged, Embedder):
        return EmbedderCase(**given, inputs=samples.embeddable(plugged.modality))
    return VoiceCase(**given)


def _needed(answerer: Answerer) -> frozenset[str]:
    try:
        return answerer.needs(Question(QUESTION), samples.scene()) or frozenset()
    except Exception:  # that it raises is found by the checks
        return frozenset()


def inputs_of(perceiver: Perceiver, module: ModuleType, files: Sequence[Path]) -> Iterator[Input]:
    """What a perceiver is tried on: files that were given, and of all else that it consumes something made up."""
    found = [part for part in _opened(files, module) if part.modality in perceiver.consumes]
    found += [samples.sample(each) for each in perceiver.consumes if each in MODALITIES]
    for part in found:
        gathered = tuple(made_up(kind, part) for kind in perceiver.gathers)
        yield Input(part, None, gathered)
    formats = {each.modality for each in collected(module, "register_formats")}
    for kind in perceiver.consumes:
        if kind not in MODALITIES and kind not in formats:
            about = samples.sample(ABOUT.get(kind, TEXT))
            yield Input(about, made_up(kind, about))


def _opened(files: Sequence[Path], module: ModuleType) -> list[Part]:
    from assistant.media import Media

    media = Media(formats=collected(module, "register_formats"))
    found = []
    for file in files:
        try:
            found.append(media.open(file.read_bytes(), file.name))
        except (MediaError, OSError) as error:
            sys.stderr.write(f"{file} is left out: {error}\n")
    return found


def made_up(kind: str, about: Part) -> Observation:
    """An observation of a kind, as far as the core knows what such observations hold."""
    words = {
        "object": "dog",
        "label": "dog",
        "shape": "circle",
        "color": "red",
        "face": "face",
        "language": "en",
        "sentiment": "positive",
        "no_speech": "no speech heard",
    }.get(kind, samples.SENTENCE)
    return samples.observation(kind, words, about)


def weights_here(module: ModuleType, data_dir: Path) -> dict[str, Path]:
    """Where the weights lie that the plugin registers and that are on this machine."""
    from assistant.settings import load_settings
    from assistant.weights import Weights

    settings = load_settings(data_dir=data_dir)
    weights = Weights(settings.weights_directory(), settings.weights.paths, hub=False, device="cpu")
    found = {}
    for spec in collected(module, "register_weights"):
        weights.add(spec)
    for spec in collected(module, "register_weights"):
        try:
            found[spec.name] = weights.where(spec.name)
        except AssistantError:  # the promises that need them say so
            continue
    return found


def check_all(
    plugins: Mapping[str, str],
    only: str,
    files: Sequence[Path],
    data_dir: Path,
    done: set[tuple[str, str]],
    tell: Callable[[Any], None],
) -> None:
    """Check everything that is not done yet.

    Args:
        plugins: name -> module.
        only: of what they bring, the one of this name; "" for everything.
        files: to try perceivers on.
        data_dir: where weights may lie.
        done: subject and promise of what was checked before.
        tell: called with what begins and with each verdict, as JSON objects.
    """
    for entry, name in plugins.items():
        subject = f"plugin {entry}"
        if (subject, IMPORTED) in done:
            continue
        tell({"begins": [subject, IMPORTED]})
        try:
            module = importlib.import_module(name.partition(":")[0])
        except BaseException as error:  # third-party code at import: even SystemExit is a finding
            if only:
                continue
            what = f"importing {name} raises {type(error).__name__}: {error}."
            verdict = Verdict(subject, IMPORTED, "broken", what, "Mend the import, or install what it needs.")
            tell({"verdict": verdict.to_json()})
            continue
        for each in _safely(subject, entry, module, only, files, data_dir):
            for promise in each.promises:
                if (each.name, promise.name) in done:
                    continue
                tell({"begins": [each.name, promise.name]})
                tell({"verdict": judge(each.name, promise, each.case).to_json()})
                if any(thread.name == running.THREAD for thread in threading.enumerate()):
                    tell({"again": True})  # a call hangs, and what is measured beside it would be wrong
                    return
    tell({"ended": True})


def _safely(
    subject: str, entry: str, module: ModuleType, only: str, files: Sequence[Path], data_dir: Path
) -> Iterable[Subject]:
    try:
        directories = weights_here(module, data_dir)
    except Exception as error:  # what the plugin registers as weights is no good: its own checks say more
        sys.stderr.write(f"{subject}: its weights are left out: {type(error).__name__}: {error}\n")
        directories = {}
    return subjects(entry, module, only, files, directories)


def main() -> None:
    """Read what to check from standard input; write what came of it to the descriptor that is named there."""
    given = json.load(sys.stdin)
    sys.path[:0] = given["paths"]
    channel: TextIO = os.fdopen(given["channel"], "w", buffering=1)

    def tell(message: Any) -> None:
        channel.write(json.dumps(message) + "\n")
        channel.flush()

    files = [Path(file) for file in given["files"]]
    done = {(each[0], each[1]) for each in given["done"]}
    check_all(given["plugins"], given["only"], files, Path(given["data_dir"]), done, tell)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # threads that hang, or crash at the end, have nothing more to say


if __name__ == "__main__":
    main()
