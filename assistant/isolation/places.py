"""Which files a plugin's process may open, and its environment variables. Not for enforcing it: see confinement.py."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from assistant.isolation.program import Program

SYSTEM: Final = (
    "/usr",
    "/lib",
    "/lib64",
    "/lib32",
    "/bin",
    "/sbin",
    "/nix/store",
    "/gnu/store",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
    "/etc/timezone",
    "/etc/mime.types",
    "/etc/fonts",
    "/etc/ssl",
    "/etc/pki",
    "/etc/ca-certificates",
    "/etc/passwd",
    "/etc/group",
    "/etc/nsswitch.conf",
    "/etc/os-release",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/stat",
    "/proc/filesystems",
    "/sys/devices/system",
    "/sys/bus/pci/devices",
    "/sys/class/drm",
    "/dev/zero",
    "/dev/random",
    "/dev/urandom",
)
"""What libraries read. Of /etc nothing that is a secret."""
NETWORK: Final = ("/etc/resolv.conf", "/etc/hosts", "/etc/host.conf", "/etc/services", "/etc/gai.conf", "/run/systemd")
DEVICES: Final = ("/dev/null", "/dev/full")
CUDA: Final = ("/proc/driver/nvidia", "/sys/bus/pci", "/sys/module/nvidia", "/proc/devices", "/proc/self")
KEPT: Final = ("LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "TZ", "CUDA_VISIBLE_DEVICES", "CUDA_HOME")
"""Variables that libraries need to be found, or to know where they are."""
KEPT_WITH_NETWORK: Final = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")


def readable(program: Program, weights: Iterable[Path], network: bool) -> list[str]:
    """Files and directories that may be read: interpreter, libraries, the plugin, its weights."""
    home = Path.home()
    found: list[Path] = []
    own = [Path(sys.prefix), Path(sys.base_prefix), Path(sys.exec_prefix), Path(__file__).resolve().parents[1]]
    outer = program.python.parent.parent
    own += [outer, program.python.resolve().parent.parent]
    for place in (*own, *map(Path, program.path), *map(Path, filter(None, sys.path)), *_editable()):
        place = place.absolute()
        if place == home or place in home.parents:
            continue  # a script that was started there: what else is there is nobody's business
        found += _without(place, program.hidden)
    for directory in weights:
        found += _linked(directory)
    system = [*SYSTEM, *(NETWORK if network else ())]
    return sorted({str(place) for place in found} | {place for place in system if Path(place).exists()})


def devices(device: str) -> list[str]:
    """Devices that may be read and written."""
    found = [*DEVICES]
    if device.startswith("cuda"):
        found += [*map(str, Path("/dev").glob("nvidia*")), *CUDA]
    return found


def variables(scratch: Path, threads: int, network: bool, hub: bool) -> dict[str, str]:
    """All environment variables of a plugin's process: none that the assistant was started with may hold a secret."""
    names = (*KEPT, *KEPT_WITH_NETWORK) if network else KEPT
    kept = {name: os.environ[name] for name in names if name in os.environ}
    return {
        **kept,
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        "XDG_CACHE_HOME": str(scratch),
        "USER": "plugin",
        "OMP_NUM_THREADS": str(threads),
        "OPENBLAS_NUM_THREADS": str(threads),
        "MKL_NUM_THREADS": str(threads),
        "HF_HUB_OFFLINE": "0" if network and hub else "1",
        "ORT_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "DO_NOT_TRACK": "1",
    }


def _editable() -> Iterator[Path]:
    """Where packages lie that are installed to be edited, of which sys.path knows nothing."""
    for module in list(sys.modules.values()):
        mapping: Any = getattr(module, "MAPPING", None)
        if getattr(module, "__name__", "").startswith("__editable__") and isinstance(mapping, dict):
            yield from (Path(place) for place in mapping.values())


def _without(place: Path, hidden: Iterable[Path]) -> Iterator[Path]:
    """The place, or if something hidden lies in it, what else does."""
    inside = [each for each in hidden if place in (each, *each.parents)]
    if not inside:
        yield place
        return
    if place in inside or not place.is_dir():
        return
    for below in place.iterdir():
        yield from _without(below, inside)


def _linked(directory: Path) -> Iterator[Path]:
    """A directory of weights, and the files elsewhere that links in it lead to: a hub's cache is made so."""
    yield directory
    yield directory.resolve()
    for place in directory.rglob("*"):
        if place.is_symlink():
            yield place.resolve()
