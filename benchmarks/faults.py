"""What clients see when the ground gives way under a served assistant, and whether it recovers without a restart.

    python benchmarks/faults.py
    python benchmarks/faults.py "disk full" "database gone"

Each fault is made on a real server process: a disk that fills up, a database that goes, a clock that leaps, clients
that leave, signals, decoders that are killed, native code that hangs, hostile files. Prints what was seen, what of it
is not as documented, and how long recovery took; ends with 1 if anything is not. Wants Linux; some faults want root,
PostgreSQL or faketime, and are said to be skipped without.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from fault_report import Row, Skipped
from fault_storage import clock, database_gone, database_hangs, disk_full, on_postgresql, read_only
from fault_work import decoders_killed, ended, hostile, leaving, native_hang

FAULTS: dict[str, Callable[[Row, Path], None]] = {
    "disk full": disk_full,
    "database gone": database_gone,
    "database hangs": database_hangs,
    "read-only": read_only,
    "clock": clock,
    "clock, PostgreSQL": on_postgresql(clock),
    "clients leave": leaving,
    "signals": ended,
    "signals, PostgreSQL": on_postgresql(ended),
    "decoders killed": decoders_killed,
    "native hang": native_hang,
    "hostile files": hostile,
}


def suffer(name: str) -> Row:
    """Make one fault; what came of it. Raises Skipped."""
    row = Row(name)
    scratch = Path(tempfile.mkdtemp(prefix="sensorium-fault-"))
    try:
        FAULTS[name](row, scratch)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return row


def main() -> int:
    """Make the faults that were named, or all; print what came of each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("fault", nargs="*", choices=[[], *FAULTS])
    broken = 0
    for name in parser.parse_args().fault or FAULTS:
        try:
            row = suffer(name)
        except Skipped as reason:
            print(f"{name}\n    skipped: {reason}", flush=True)
            continue
        recovered = "no" if row.recovered is None else f"yes, {row.recovered:.1f} s"
        print(f"{name}\n    seen: {'; '.join(row.seen)}\n    recovered without a restart: {recovered}", flush=True)
        for wrong in row.wrong:
            print(f"    WRONG: {wrong}", flush=True)
        broken += bool(row.wrong)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
