"""Plugged objects in processes of their own: what they do there, hang or crash costs their own observations only.

    describe(program, sections, cache=directory)
        what a plugin declares, found out by a confined process that imports it
    isolated(program, it)
        a perceiver, answerer, embedder or voice like any other, whose work is done in a process of its own: `it` is the
        object, whose light module is imported here, or a `Declared`, of which nothing ever runs here
    confinement_report()
        which protections this machine's kernel offers

Parts, observations and options cross as JSON, pixels and sound in sealed shared memory; see docs/isolation.md.
"""

from assistant.isolation.description import SORTS, Declared, Description, Option, Sort, Trouble
from assistant.isolation.program import Program

__all__ = ["SORTS", "Declared", "Description", "Option", "Program", "Sort", "Trouble"]
