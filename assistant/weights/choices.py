"""Chooses among several sets of weights for one purpose, by this machine's memory and libraries. Not for fetching."""

from __future__ import annotations

import importlib.util
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MEMORY_SHARE: Final = 0.5
"""Of the machine's memory that one model may take: perception, the system and the rest need some too."""
GPU_SHARE: Final = 0.85
"""Of a GPU's memory: what remains is for what is computed on the way."""
MEMINFO: Final = Path("/proc/meminfo")
CGROUP_LIMITS: Final = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))


@dataclass(frozen=True, slots=True)
class WeightsOption:
    """One set of weights among which to choose."""

    weights: str
    """Its name."""
    memory_mb: int
    """MiB that the model takes when it works."""
    gpu: bool = False
    """True if it would be too slow without one."""
    requires: tuple[str, ...] = ()
    """Import names without which it cannot work; looked for without importing."""
    pulled_with: tuple[str, ...] = ()
    """Further import names without which a pull chooses another; once here it is used all the same."""


@dataclass(frozen=True, slots=True)
class WeightsChoice:
    """A name that stands for the best of several sets: of those that are here when weights are looked for, of those
    that fit this machine when they are pulled."""

    name: str
    role: str
    options: tuple[WeightsOption, ...]
    """Best first; the last one is taken where none fits."""


@dataclass(frozen=True, slots=True)
class Machine:
    """What a choice depends on."""

    memory_mb: int
    """MiB that a model may take; of the GPU's memory where models run there."""
    gpu: bool

    def __str__(self) -> str:
        return f"{self.memory_mb / 1024:.0f} GiB {'of GPU memory' if self.gpu else 'of memory'} for a model"


def pick(choice: WeightsChoice, machine: Machine, installed: Callable[[str], bool]) -> WeightsOption:
    """The best option for a machine.

    Args:
        choice: among what.
        machine: where it is to run.
        installed: whether an import name can be found.
    """
    usable = [
        option
        for option in choice.options
        if all(installed(module) for module in (*option.requires, *option.pulled_with))
    ]
    fitting = (option for option in usable if option.memory_mb <= machine.memory_mb and (machine.gpu or not option.gpu))
    return next(fitting, (usable or choice.options)[-1])


def is_installed(module: str) -> bool:
    """Whether an import name can be found; nothing is imported."""
    return importlib.util.find_spec(module) is not None


def machine_of(device: str) -> Machine:
    """This machine, where models run on `device`."""
    if device.startswith("cuda"):
        index = device.partition(":")[2] or "0"
        total = _gpu_mb(index)
        if total:
            return Machine(int(total * GPU_SHARE), gpu=True)
    return Machine(int(min(_memory_mb(), default=0) * MEMORY_SHARE), gpu=False)


def _memory_mb() -> Iterator[float]:
    """What bounds this process's memory, in MiB: the machine, or the container."""
    try:
        lines = dict(line.split(":", 1) for line in MEMINFO.read_text().splitlines() if ":" in line)
        yield int(lines["MemTotal"].split()[0]) / 1024
    except (OSError, KeyError, ValueError):
        pass
    for path in CGROUP_LIMITS:
        try:
            yield int(path.read_text()) / 2**20
        except (OSError, ValueError):  # no such limit, or "max"
            continue


def _gpu_mb(index: str) -> int:
    command = ["nvidia-smi", f"--id={index}", "--query-gpu=memory.total", "--format=csv,noheader,nounits"]
    try:
        told = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True).stdout
        return int(told.split()[0])
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return 0
