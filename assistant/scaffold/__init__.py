"""Writes the beginning of a plugin: a small project that works before a line of it is changed. Installs nothing.

kinds.py     what kinds there are
naming.py    which names a plugin can have
writing.py   the files
templates/   what is in them: one directory of each kind, and `common` for all
"""

from __future__ import annotations

from assistant.scaffold.kinds import KINDS, Kind
from assistant.scaffold.naming import check_name
from assistant.scaffold.writing import Project, write

__all__ = ["KINDS", "Kind", "Project", "check_name", "write"]
