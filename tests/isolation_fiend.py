"""A plugin that does to its process whatever the text it is given says. Run in a process of its own only, by tests."""

import ctypes
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from assistant.hookspecs import hookimpl
from assistant.media import text_part
from assistant.plugin import Perceiver
from assistant.types import Observation, Part

LOOP = """
import os, signal, time
os.setsid()
for number in range(1, 32):
    try:
        signal.signal(number, signal.SIG_IGN)
    except OSError:
        pass
time.sleep(600)
"""


class Fiend(Perceiver):
    name = "fiend"
    consumes = ("text",)
    produces = ("note", "text")
    isolation = "process"
    deadline = 0.6
    heavy = False
    memory_limit_mb = 256

    def perceive(self, task):
        what, _, argument = task.part.text.partition(" ")
        yield task.observe("note", "before", 1.0)
        yield from getattr(self, f"do_{what}")(task, argument) or ()

    def do_nothing(self, task, argument):
        yield task.observe("note", "after", 1.0)

    def do_stay(self, task, argument):
        """Never be idle: pretend to what waits for calls that one is always under way."""
        for frame in sys._current_frames().values():
            while frame is not None:
                if frame.f_code.co_name == "serve":
                    frame.f_locals["running"][-1] = None
                frame = frame.f_back

    def do_raise(self, task, argument):
        raise ZeroDivisionError("secret of the file")

    def do_exit(self, task, argument):
        os._exit(3)

    def do_system_exit(self, task, argument):
        sys.exit("bye")

    def do_segfault(self, task, argument):
        ctypes.string_at(0)

    def do_abort(self, task, argument):
        os.abort()

    def do_sleep(self, task, argument):
        signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32))
        time.sleep(600)

    def do_regex(self, task, argument):
        re.match(r"(a+)+$", "a" * 60 + "b")

    def do_power(self, task, argument):
        return [task.observe("note", str(len(str(7 ** (7**12)))), 1.0)]

    def do_allocate(self, task, argument):
        held = []
        while True:
            held.append(bytearray(1 << 24))

    def do_flood(self, task, argument):
        for number in range(1_000_000):
            yield task.observe("note", f"{number}", 1.0)

    def do_garbage(self, task, argument):
        yield {"neither": "nor"}

    def do_oversized(self, task, argument):
        yield task.observe("note", "x" * 20_000_000, 1.0)

    def do_deep(self, task, argument):
        deep = []
        for _ in range(500):
            deep = [deep]
        yield task.observe("note", "deep", 1.0, deep=deep)

    def do_unjson(self, task, argument):
        yield task.observe("note", "set", 1.0, values={1, 2})

    def do_surrogate(self, task, argument):
        yield task.observe("note", "\ud800", 1.0)

    def do_fork(self, task, argument):
        children = [subprocess.Popen([sys.executable, "-c", LOOP]).pid for _ in range(2)]
        if os.fork() == 0:
            time.sleep(600)
        yield task.observe("note", f"{children}", 1.0)
        os._exit(0)

    def do_connect(self, task, argument):
        with socket.create_connection(("127.0.0.1", int(argument)), 1):
            yield task.observe("note", "connected", 1.0)

    def do_open(self, task, argument):
        yield task.observe("note", Path(argument).read_text(), 1.0)

    def do_list(self, task, argument):
        yield task.observe("note", f"{list(Path(argument).iterdir())}", 1.0)

    def do_environment(self, task, argument):
        yield task.observe("note", os.environ.get(argument, "nothing"), 1.0)

    def do_scribble(self, task, argument):
        for descriptor in range(3, 64):
            with suppress(OSError):
                os.write(descriptor, b"garbage")
        time.sleep(0.2)

    def do_lie(self, task, argument):
        true = text_part("harmless")
        yield Part(true.modality, "0" * 64, true.name, true.media_type, true.content, true.facts)

    def do_disguise(self, task, argument):
        made = text_part("<html>no picture</html>")
        yield Part("text", made.digest, made.name, "image/png", made.content, made.facts)

    def do_stranger(self, task, argument):
        yield Observation(kind="note", text="about another part", confidence=1.0, part="1" * 64)

    def do_undeclared(self, task, argument):
        yield task.observe("secret_kind", "x", 1.0)

    def do_kill(self, task, argument):
        os.kill(int(argument), signal.SIGKILL)
        yield task.observe("note", "killed", 1.0)

    def do_cancelled(self, task, argument):
        from assistant.errors import Cancelled

        raise Cancelled

    def do_speak(self, task, argument):
        print("spoken on standard output")
        os._exit(9)

    def do_scratch(self, task, argument):
        place = Path(os.environ["TMPDIR"], "file")
        place.write_text("x")
        yield task.observe("note", str(place), 1.0)


class Sleeper(Perceiver):
    name = "sleeper"
    consumes = ("image",)
    produces = ("note",)
    isolation = "process"

    def load(self, services):
        time.sleep(600)

    def perceive(self, task):
        return []


@hookimpl
def register_perceivers(register):
    register(Fiend())
    register(Sleeper())
