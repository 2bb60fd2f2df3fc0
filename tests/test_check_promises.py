"""Every check of a plugin fails on a plugin that breaks just that promise, and none on one that keeps them all."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from assistant.testing import running
from assistant.testing.checking import subjects
from assistant.testing.promises import Verdict, judge

GOOD = (Path(__file__).parent / "check_good_plugin.py").read_text()
LOAD = "        self.services = services\n"
SAY = "        words = sorted(set(task.text.split()))\n"
COUNT = '        things = request.context.of("object")\n'
HUM = "        length = round(800 / utterance.speed)\n"
API = 'ASSISTANT_API = ">=1.0,<2"\n'
MOUNT = '    @app.get("/plugins/hum")\n'
DRAW = "        rows = np.zeros((len(inputs), self.dimensions), np.float32)\n"

WORDS, COUNTING, LETTERS, VOICE, PLUGIN = (
    "perceiver words",
    "answerer counting",
    "embedder letters",
    "voice hum",
    "plugin good",
)
BROKEN: list[tuple[str, str, str, str]] = [
    # subject, promise, what stands in the good plugin, what a bad one has there
    (PLUGIN, "module_is_light", API, API + "print('hello')\n"),
    (PLUGIN, "module_is_light", API, API + "import onnxruntime\n"),
    (PLUGIN, "declares_the_api", API, ""),
    (PLUGIN, "declares_the_api", API, 'ASSISTANT_API = ">=9"\n'),
    (PLUGIN, "declares_the_api", API, 'ASSISTANT_API = "the newest"\n'),
    (PLUGIN, "has_hooks", "@hookimpl\ndef register_voices", "def register_voices"),
    (PLUGIN, "has_hooks", "def register_voices", "def register_singers"),
    (PLUGIN, "has_hooks", "    register(Hum())", "    pass"),
    (PLUGIN, "has_hooks", "    register(Hum())", "    raise OSError('no sound card')"),
    (PLUGIN, "is_accepted", "    register(Hum())", "    register(Hum())\n    register(Hum())"),
    (PLUGIN, "is_accepted", "    register(Hum())", "    register(Hum)"),
    (
        PLUGIN,
        "registers_the_same_again",
        "    register(Hum())",
        "    register(Hum()) if not Hum.speakers[1:] else register(Counting())\n    Hum.speakers = ('low', 'high')",
    ),
    (PLUGIN, "weights_are_data", '"model.onnx", "0" * 64', '"model.pkl", "0" * 64'),
    (PLUGIN, "weights_are_data", '"model.onnx", "0" * 64', '"model.onnx", ""'),
    (PLUGIN, "weights_are_data", '"model.onnx", "0" * 64', '"../model.onnx", "0" * 64'),
    (PLUGIN, "commands_explain_themselves", '@click.command("hum")', '@click.command("ask")'),
    (PLUGIN, "commands_explain_themselves", '    """Hum a little."""\n', ""),
    (
        PLUGIN,
        "commands_explain_themselves",
        '@click.command("hum")',
        '@click.command("hum", context_settings={"help_option_names": []})',
    ),
    (PLUGIN, "routes_are_behind_the_gate", MOUNT, '    @app.get("/health/live")\n'),
    (PLUGIN, "routes_are_behind_the_gate", MOUNT, "    raise OSError('no')\n\n" + MOUNT),
    (PLUGIN, "routes_are_behind_the_gate", '        return {"hums": True}', "        raise OSError('no')"),
    (PLUGIN, "routes_are_behind_the_gate", MOUNT, "    app.build_middleware_stack = lambda: app.router\n\n" + MOUNT),
    (PLUGIN, "formats_are_recognised", 'modality="tune"', 'modality="text"'),
    (PLUGIN, "formats_are_recognised", "    register(Tunes())\n", ""),
    (PLUGIN, "panels_build", 'Panel("Hum", build)', 'Panel(" ", build)'),
    (PLUGIN, "panels_build", '    gradio.Markdown("hm")', '    gradio.NoSuchThing("hm")'),
    (WORDS, "declares_what_it_is", '    produces = ("note",)', "    produces = ()"),
    (WORDS, "declares_what_it_is", "    deadline = 20.0", '    deadline = "soon"'),
    (WORDS, "declares_what_it_is", "    concurrency = 2", "    concurrency = 0"),
    (WORDS, "import_is_light", API, API + "import threading\nthreading.Timer(60, print).start()\n"),
    (WORDS, "import_is_light", API, API + "import socket\nsocket.create_server(('127.0.0.1', 0)).close()\n"),
    (WORDS, "import_is_light", API, API + "import sys\nif sys.argv[0] == '-c':\n    raise SystemExit(1)\n"),
    (WORDS, "options_have_defaults", "most: int = 5", "most: int"),
    (WORDS, "options_have_defaults", "most: int = 5", "most: int = None"),
    (WORDS, "options_have_defaults", "@dataclass(frozen=True)", "@dataclass"),
    (WORDS, "options_have_defaults", 'frozenset({"loud"})', 'frozenset({"quiet"})'),
    (WORDS, "declares_what_decides", LOAD, LOAD + "        services.weights('other')\n"),
    (WORDS, "declares_what_decides", SAY, SAY + "        self.services.embed(words)\n"),
    (
        WORDS,
        "declares_what_decides",
        "    def load(self",
        "    def weights(self, options):\n        return ['hum-tiny']\n\n    def load(self",
    ),
    (WORDS, "yields_what_it_declares", 'task.observe("note", word.upper()', 'task.observe("word", word.upper()'),
    (WORDS, "yields_what_it_declares", "letters=len(word)", "letters={len(word)}"),
    (WORDS, "yields_what_it_declares", "box=(0.0, 0.0, 1.0, 1.0)", "box=(0, 0, 320, 240)"),
    (WORDS, "survives_what_is_difficult", SAY, SAY + "        words[0]\n"),
    (
        WORDS,
        "survives_what_is_difficult",
        "            rgb = ",
        "            1 / (task.part.facts['height'] - 1)\n            rgb = ",
    ),
    (WORDS, "survives_what_is_difficult", SAY, SAY + "        words or __import__('threading').Event().wait(60)\n"),
    (WORDS, "ends_when_cancelled", SAY, SAY + "        __import__('time').sleep(3)\n"),
    (
        WORDS,
        "says_the_same_twice",
        SAY,
        "        self.number = getattr(self, 'number', 0) + 1\n" + SAY + "        words[0] += str(self.number)\n",
    ),
    (WORDS, "says_the_same_elsewhere", "sorted(set(task.text.split()))", "list(set(task.text.split()))"),
    (WORDS, "leaves_out_the_name", "letters=len(word)", "letters=len(word), file=task.part.name"),
    (WORDS, "leaves_out_the_name", "letters=len(word)", "letters=len(task.part.name)"),
    (
        WORDS,
        "changes_nothing_it_is_given",
        "            rgb = task.image().rgb\n",
        "            rgb = task.image().rgb\n            rgb[0] = 255 - rgb[0]\n",
    ),
    (WORDS, "changes_nothing_it_is_given", SAY, SAY + "        task.part.facts['read'] = True\n"),
    (WORDS, "reads_options_from_the_call", "if task.options.loud", "if self.services.options.loud"),
    (
        WORDS,
        "reads_options_from_the_call",
        SAY,
        SAY + "        self.services.options = task.options if task.options.loud else self.services.options\n"
        "        words = [each.title() for each in words] if self.services.options.loud else words\n",
    ),
    (
        WORDS,
        "is_as_thread_safe_as_declared",
        SAY,
        "        self.task = task\n        __import__('time').sleep(0.002)\n"
        + SAY.replace("task.text", "self.task.text"),
    ),
    (
        WORDS,
        "closes_cleanly",
        LOAD,
        LOAD
        + "        import threading\n        threading.Thread(target=threading.Event().wait, daemon=True).start()\n",
    ),
    (
        WORDS,
        "works_in_a_process_of_its_own",
        "    register(Words())",
        """    class Elsewhere(Words):
        isolation = "process"

        def perceive(self, task):
            yield task.observe("note", str(__import__("os").getpid()), 1.0)

    register(Elsewhere())""",
    ),
    (WORDS, "closes_cleanly", LOAD, LOAD + "        self.kept = [*getattr(self, 'kept', []), open('/dev/null')]\n"),
    (
        WORDS,
        "closes_cleanly",
        LOAD,
        LOAD
        + "        import subprocess\n\n"
        + "        self.children = [*getattr(self, 'children', []), subprocess.Popen(['sleep', '30'])]\n",
    ),
    (WORDS, "closes_cleanly", LOAD, LOAD + "        assert not hasattr(self, 'loaded')\n        self.loaded = True\n"),
    (COUNTING, "declares_what_it_is", '    name = "counting"', '    name = "counting"\n    version = ""'),
    (COUNTING, "import_is_light", API, API + "import subprocess\nsubprocess.run(['true'])\n"),
    (COUNTING, "options_have_defaults", "    checks = True", "    checks = True\n    Options = dict"),
    (COUNTING, "says_what_it_needs", 'return frozenset({"object"})', 'return ["object"]'),
    (COUNTING, "says_what_it_needs", 'return frozenset({"object"})', "return context.observations[0] and None"),
    (COUNTING, "streams_deltas", "yield Delta(", "yield word\n            yield Delta("),
    (COUNTING, "streams_deltas", "confidence=0.8", "confidence=80"),
    (COUNTING, "streams_deltas", COUNT, COUNT + "        return\n"),
    (COUNTING, "cites_what_exists", "citations=(things[0].id,)", "citations=('abc',)"),
    (
        COUNTING,
        "invents_nothing",
        '            raise CannotAnswer("nothing is known")',
        "            yield Delta('Two.')",
    ),
    (COUNTING, "answers_what_is_difficult", COUNT, COUNT + "        request.question.text.split()[0]\n"),
    (COUNTING, "answers_what_is_difficult", COUNT, COUNT + "        [each.box[0] for each in things]\n"),
    (
        COUNTING,
        "answer_ends_when_cancelled",
        "            if request.cancel.is_set() or",
        "            __import__('time').sleep(0.3)\n            if",
    ),
    (COUNTING, "honours_what_it_says", "or word in request.sampling.stop", ""),
    (COUNTING, "honours_what_it_says", "[: request.sampling.max_tokens]", ""),
    (COUNTING, "honours_what_it_says", '"seed"})', '"seed", "wishes"})'),
    (COUNTING, "honours_what_it_says", 'now".split()', "{__import__('random').random()}\".split()"),
    (COUNTING, "changes_no_context", COUNT, COUNT + "        [each.data.update(counted=True) for each in things]\n"),
    (COUNTING, "checks_answers_of_others", 'return Delta(checked="agrees")', "return float(answer.short)"),
    (COUNTING, "checks_answers_of_others", 'checked="agrees"', 'citations=("abc",)'),
    (
        COUNTING,
        "answers_as_thread_safely_as_declared",
        COUNT,
        "        assert not getattr(self, 'busy', False)\n        self.busy = True\n"
        "        __import__('time').sleep(0.005)\n"
        "        self.busy = False\n" + COUNT,
    ),
    (
        COUNTING,
        "closes_cleanly",
        "    checks = True",
        "    checks = True\n\n    def load(self, services):\n        import os\n\n        os.dup(1)\n",
    ),
    (LETTERS, "declares_what_it_is", '    name = "letters"', '    name = "Letters!"'),
    (LETTERS, "gives_unit_rows", "            row /= np.linalg.norm(row)\n", ""),
    (LETTERS, "gives_unit_rows", "np.float32)\n        for", "np.float64)\n        for"),
    (LETTERS, "gives_unit_rows", "        return rows", "        return rows if len(rows) else None"),
    (LETTERS, "gives_unit_rows", '    space = "letters"', '    space = ""'),
    (LETTERS, "depends_on_each_input_alone", "        return rows", "        return np.roll(rows, 1, axis=0)"),
    (LETTERS, "depends_on_each_input_alone", "text.encode(", "str(len(inputs)).encode("),
    (LETTERS, "depends_on_each_input_alone", "text.encode(", "'same'.encode("),
    (LETTERS, "embeds_what_is_difficult", DRAW, DRAW + "        [each.split()[0] for each in inputs]\n"),
    (LETTERS, "embeds_the_same_elsewhere", "text.encode(", "str(hash(text)).encode("),
    (
        LETTERS,
        "closes_cleanly",
        '    space = "letters"',
        '    space = "letters"\n\n    def load(self, services):\n        import os\n\n        os.dup(1)\n',
    ),
    (VOICE, "declares_what_it_is", '    name = "hum"', '    name = ""'),
    (VOICE, "gives_sound", "    sample_rate = 16_000", "    sample_rate = 0"),
    (VOICE, "gives_sound", ".astype(np.float32)\n\n\n@click", "\n\n\n@click"),
    (VOICE, "gives_sound", "/ 500) / 2)", "/ 500) * 20_000)"),
    (VOICE, "gives_sound", '    speakers = ("low",)', '    speakers = "low"'),
    (VOICE, "speaks_what_is_difficult", HUM, HUM + "        utterance.text.encode('ascii')\n"),
    (VOICE, "speaks_what_is_difficult", HUM, HUM + "        ['', 'low'].index(utterance.speaker)\n"),
    (
        VOICE,
        "falls_silent_when_cancelled",
        "            if utterance.cancel.is_set():\n                return\n",
        "            __import__('time').sleep(0.01)\n",
    ),
    (VOICE, "honours_the_speed", "round(800 / utterance.speed)", "800"),
    (
        VOICE,
        "closes_cleanly",
        '    honours = frozenset({"speed"})',
        '    honours = frozenset({"speed"})\n\n    def load(self, services):\n        import os\n\n        os.dup(1)\n',
    ),
]


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], ModuleType]]:
    """Writes a plugin's module where a fresh interpreter finds it too, and imports it."""
    monkeypatch.syspath_prepend(str(tmp_path))
    name = f"check_plugin_{abs(hash(tmp_path))}"

    def write(source: str) -> ModuleType:
        (tmp_path / f"{name}.py").write_text(source)
        return importlib.import_module(name)

    yield write
    sys.modules.pop(name, None)


def verdict_of(module: ModuleType, subject: str, promise: str) -> Verdict:
    for each in subjects("good", module, "", (), {}):
        if each.name.split()[0] == subject.split()[0]:  # what is broken may be the name
            (wanted,) = [one for one in each.promises if one.name == promise]
            return judge(subject, wanted, each.case)
    raise AssertionError(f"there is no {subject}")


@pytest.mark.parametrize(
    ("subject", "promise", "good", "bad"),
    BROKEN,
    ids=[f"{subject}-{promise}-{number}" for number, (subject, promise, _, _) in enumerate(BROKEN)],
)
def test_a_broken_promise_is_found(
    written: Callable[[str], ModuleType],
    monkeypatch: pytest.MonkeyPatch,
    subject: str,
    promise: str,
    good: str,
    bad: str,
) -> None:
    """The check of a promise fails on a plugin that breaks it, and says what is wrong and how to mend it."""
    assert GOOD.count(good) >= 1
    monkeypatch.setattr(running, "GRACE_SECONDS", 0.5)
    monkeypatch.setattr(running, "CALL_LIMIT", 1.0)
    monkeypatch.setattr(running, "SETTLE_SECONDS", 0.1)
    found = verdict_of(written(GOOD.replace(good, bad, 1)), subject, promise)
    assert found.state == "broken", found
    assert found.what
    assert found.remedy


def test_a_good_plugin_keeps_every_promise(written: Callable[[str], ModuleType]) -> None:
    """Nothing is found in a plugin that keeps every promise, and hardly anything is left unchecked."""
    module = written(GOOD)
    found = [
        judge(each.name, promise, each.case)
        for each in subjects("good", module, "", (), {})
        for promise in each.promises
        if each.name != "perceiver tunes"
    ]
    assert [each for each in found if each.state == "broken"] == []
    left = {(each.subject, each.promise) for each in found if each.state == "not applicable"}
    assert left == {
        (WORDS, "works_in_a_process_of_its_own"),
        (COUNTING, "works_in_a_process_of_its_own"),
        (LETTERS, "works_in_a_process_of_its_own"),
        (VOICE, "works_in_a_process_of_its_own"),
        (COUNTING, "options_have_defaults"),
        (LETTERS, "options_have_defaults"),
        (VOICE, "options_have_defaults"),
    }


def test_a_plugin_that_works_elsewhere_is_seen_to(written: Callable[[str], ModuleType]) -> None:
    """A perceiver that declares a process of its own, and says the same there, keeps that promise."""
    source = GOOD.replace("    concurrency = 2", '    concurrency = 2\n    isolation = "process"', 1)
    assert verdict_of(written(source), WORDS, "works_in_a_process_of_its_own").state == "kept"


def test_every_promise_is_shown_to_break() -> None:
    """The table above has a plugin for every promise of a plugin, an answerer, an embedder and a voice."""
    from assistant.testing.checking import SORTS
    from assistant.testing.modules import PLUGIN as WHOLE

    promises = {(PLUGIN, each.name) for each in WHOLE}
    of: dict[str, Any] = {"perceiver": WORDS, "answerer": COUNTING, "embedder": LETTERS, "voice": VOICE}
    for sort, _, of_sort in SORTS.values():
        promises |= {(of[sort], each.name) for each in of_sort}
    shown = {(subject, promise) for subject, promise, _, _ in BROKEN}
    common = {
        "works_in_a_process_of_its_own",
        "declares_what_it_is",
        "import_is_light",
        "options_have_defaults",
        "declares_what_decides",
    }
    elsewhere = {each for each in promises - shown if each[1] in common and (WORDS, each[1]) in shown}
    assert promises - shown - elsewhere == set()
