"""Plugins that compute with NumPy, OpenMP or MKL use the threads that they are given, without knowing of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from plugins_installed import install

CODE = """
import json, sys
from pathlib import Path
from assistant.host import Host
from assistant.settings import Settings
from assistant.media import Media, text_part
from assistant.plugin import Task

settings = Settings(data_dir=Path(sys.argv[1]), engine={"lanes": 1, "cores": 1})
with Host(settings) as host:
    (runner,) = [each for each in host.perceivers() if each.name == "counts"]
    (seen,) = runner.run(lambda counts: list(counts.perceive(Task(text_part("x"), Media()))))
    print(json.dumps([runner.services.threads, seen.data]))
"""
PLUGIN = """
import os
from assistant import Perceiver, hookimpl

ASSISTANT_API = ">=1.0,<2"

class Counts(Perceiver):
    name, consumes, produces = "counts", ("text",), ("threads",)
    isolation = "TIER"

    def perceive(self, task):
        import numpy as np
        import threadpoolctl

        found = [each["num_threads"] for each in threadpoolctl.threadpool_info() if each["user_api"] == "blas"]
        names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
        yield task.observe("threads", "", 1.0, blas=found, said=[os.environ.get(name) for name in names])

@hookimpl
def register_perceivers(register):
    register(Counts())
"""


def counted(tmp_path: Path, tier: str, **environment: str) -> tuple[int, dict[str, list[object]]]:
    site = tmp_path / "site"
    install(
        site, "outsider-counts", {"outsider_counts.py": PLUGIN.replace("TIER", tier)}, plugins={"c": "outsider_counts"}
    )
    variables = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    path = os.pathsep.join([str(site), *filter(None, sys.path)])
    ran = subprocess.run(
        [sys.executable, "-c", CODE, str(tmp_path / "data")],
        env={**variables, **environment, "PYTHONPATH": path},
        check=True,
        capture_output=True,
        text=True,
    )
    threads, data = json.loads(ran.stdout)
    return threads, data


@pytest.mark.parametrize("tier", ["thread", "process"])
def test_matrices_are_multiplied_with_the_threads_of_the_plugin(tmp_path: Path, tier: str) -> None:
    """The variables are there before NumPy is imported, in both tiers."""
    threads, data = counted(tmp_path, tier)
    assert threads == 1
    assert data["said"] == ["1"] * 3
    assert set(data["blas"]) == {1}


def test_whoever_starts_the_assistant_may_say_otherwise(tmp_path: Path) -> None:
    """What is set in the environment holds, for all three if only the general one is set."""
    _, data = counted(tmp_path, "thread", OMP_NUM_THREADS="2")
    assert data["said"] == ["2"] * 3
