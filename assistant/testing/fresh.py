"""What happens in a fresh interpreter: what an import brings along, and what a plugged object says there."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence

HEAVY = ("torch", "transformers", "gradio", "cv2", "faster_whisper", "onnxruntime", "sentence_transformers", "whisper")
"""Libraries that importing a plugin must not import."""


def imported_by(module: str, among: Sequence[str] = HEAVY) -> list[str]:
    """Which of these libraries a fresh interpreter imports when it imports the module."""
    code = f"import sys, json, {module}; print(json.dumps([m for m in {list(among)!r} if m in sys.modules]))"
    printed = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    return list(json.loads(printed.splitlines()[-1]))
