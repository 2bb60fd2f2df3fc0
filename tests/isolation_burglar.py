"""A plugin that tries to get out of its process, in the way that the text it is given says. Run by tests only."""

import os
import socket
from pathlib import Path

from assistant.hookspecs import hookimpl
from assistant.plugin import Perceiver


class Burglar(Perceiver):
    name = "burglar"
    consumes = ("text",)
    produces = ("note",)
    isolation = "process"
    deadline = 5.0
    heavy = False
    memory_limit_mb = 256

    def perceive(self, task):
        what, _, argument = task.part.text.partition(" ")
        if what == "tell":
            for number in range(int(argument)):
                yield task.observe("note", f"{number} " + "x" * 100_000, 1.0)
            return
        try:
            said = getattr(self, f"do_{what}")(argument) or "done"
        except OSError as error:
            said = f"refused: {type(error).__name__}"
        yield task.observe("note", said, 1.0)

    def do_connect(self, path):
        with socket.socket(socket.AF_UNIX) as tried:
            tried.connect(path)

    def do_turn(self, path):
        one, _ = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        one.connect(path)
        one.send(b"run this")

    def do_family(self, number):
        socket.socket(int(number), socket.SOCK_STREAM)

    def do_pair(self, argument):
        one, other = socket.socketpair()
        one.send(b"x")
        return other.recv(1).decode()

    def do_open_to_all(self, path):
        Path(path).chmod(0o777)

    def do_age(self, path):
        os.utime(path, (1, 1))

    def do_mark(self, path):
        os.setxattr(path, "user.mark", b"1")

    def do_own(self, argument):
        place = Path(os.environ["TMPDIR"], "own")
        place.write_text("x")
        place.chmod(0o600)
        os.utime(place, (1, 1))
        return place.read_text()

    def do_descriptors(self, argument):
        return str(sum(place.is_symlink() for place in Path("/proc/self/fd").iterdir()))


@hookimpl
def register_perceivers(register):
    register(Burglar())
