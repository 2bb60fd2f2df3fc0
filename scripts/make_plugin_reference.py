"""Writes docs/plugin-reference.md from the code: hooks, types, errors and contract tests, with their docstrings.

scripts/make_plugin_reference.py            writes the page
scripts/make_plugin_reference.py --check    says whether it is what would be written; exits with 1 if not
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "plugin-reference.md"
SOURCES = {
    "What a plugin derives from, and what it is handed": "plugin",
    "Values": "types",
    "Media": "media/media",
    "Pictures and sound": "media/values",
    "The shared context": "context",
    "Weights": "weights/specs",
    "A choice of weights": "weights/choices",
}
"""Heading -> module whose public classes, functions and names stand below it."""
CONTRACTS = "testing/contracts"
HEAD = """# Plugin reference

Written from the code by `scripts/make_plugin_reference.py`: mend the docstrings, not this page. How to write a plugin:
[plugins.md](plugins.md).
"""


class Undocumented(Exception):
    """Something public has no docstring."""


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *_hooks(), *_sources(), *_errors(), *_contracts()]).rstrip() + "\n"


def _tree(module: str) -> ast.Module:
    return ast.parse((ROOT / "assistant" / f"{module}.py").read_text())


def _hooks() -> Iterator[str]:
    tree = _tree("hookspecs")
    yield "## Hooks\n"
    yield "A plugin implements them as functions of its module, marked with `@assistant.hookimpl`.\n"
    yield f"{_flat(ast.get_docstring(tree, clean=True), 'hookspecs')}\n"
    yield "| hook | what to do in it |\n|---|---|"
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("register_"):
            yield f"| `{node.name}` | {_cell(_flat(ast.get_docstring(node), node.name))} `{_cell(_signature(node))}` |"
    yield ""
    versions = _constants(tree)["API_VERSION"]
    yield f"The version of the plugin API is {ast.literal_eval(versions[1])}. {versions[2]}\n"


def _sources() -> Iterator[str]:
    for heading, module in SOURCES.items():
        tree = _tree(module)
        name = "assistant." + module.replace("/", ".")
        yield f"## {heading}\n"
        yield f"Module `{name}`.\n"
        for constant, (kind, value, meaning) in _constants(tree).items():
            if meaning:
                shown = f": {kind}" if kind not in ("", "Final", "TypeAlias") else ""
                yield f"- `{constant}{shown} = {value}`: {meaning}"
        yield ""
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                yield f"### {node.name}\n\n`{_signature(node)}`\n\n{_prose(node)}\n"
            elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                yield from _class(node)


def _class(node: ast.ClassDef) -> Iterator[str]:
    bases = ", ".join(f"`{ast.unparse(base)}`" for base in node.bases if ast.unparse(base) not in ("ABC", "Protocol"))
    yield f"### {node.name}\n\n" + (f"Derived from {bases}. " if bases else "") + f"{_prose(node)}\n"
    fields = _fields(node)
    if fields:
        yield "| attribute | type | default | meaning |\n|---|---|---|---|"
        for name, kind, value, meaning in fields:
            yield f"| `{name}` | `{_cell(kind)}` | {f'`{_cell(value)}`' if value else ''} | {_cell(meaning)} |"
        yield ""
    for method in node.body:
        if isinstance(method, ast.FunctionDef) and not method.name.startswith("_"):
            what = "property" if any(ast.unparse(each) == "property" for each in method.decorator_list) else ""
            shown = f"{method.name} -> {ast.unparse(method.returns)}" if what and method.returns else _signature(method)
            yield f"- `{shown}`: {_prose(method, indent='  ')}"
    yield ""


def _fields(node: ast.ClassDef) -> list[tuple[str, str, str, str]]:
    """Name, type, default and meaning of each attribute: the string below it."""
    found = []
    for at, each in enumerate(node.body):
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name) and each.target.id[0] != "_":
            kind = ast.unparse(each.annotation).removeprefix("ClassVar[")
            kind = kind[:-1] if ast.unparse(each.annotation).startswith("ClassVar[") else kind
            following = node.body[at + 1] if at + 1 < len(node.body) else None
            found.append((each.target.id, kind, _default(each.value), _string(following)))
    return found


def _default(value: ast.expr | None) -> str:
    if isinstance(value, ast.Call) and ast.unparse(value.func) == "field":
        keywords = {each.arg: each.value for each in value.keywords}
        made = keywords.get("default_factory")
        given = keywords.get("default")
        return f"{ast.unparse(made)}()" if made is not None else ast.unparse(given) if given is not None else ""
    return "" if value is None else ast.unparse(value)


def _constants(tree: ast.Module) -> dict[str, tuple[str, str, str]]:
    """Name -> type, value and meaning of what a module assigns under a public name."""
    found = {}
    for at, each in enumerate(tree.body):
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name) and each.target.id[0] != "_":
            following = tree.body[at + 1] if at + 1 < len(tree.body) else None
            value = ast.unparse(each.value) if each.value is not None else ""
            found[each.target.id] = (ast.unparse(each.annotation), value, _string(following))
    return found


def _string(node: ast.stmt | None) -> str:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        return " ".join(node.value.value.split())
    return ""


def _signature(node: ast.FunctionDef) -> str:
    arguments = ast.unparse(node.args).removeprefix("self, ").removeprefix("self")
    returns = f" -> {ast.unparse(node.returns)}" if node.returns is not None else ""
    return f"{node.name}({arguments}){returns}"


def _flat(text: str | None, name: str) -> str:
    if not text:
        raise Undocumented(name)
    return " ".join(text.split())


def _prose(node: ast.ClassDef | ast.FunctionDef, indent: str = "") -> str:
    """A docstring as Markdown: paragraphs stay, and what is listed under Args, Returns and Raises becomes a list."""
    text = ast.get_docstring(node)
    if not text:
        raise Undocumented(node.name)
    paragraphs = []
    for paragraph in text.split("\n\n"):
        first, *rest = paragraph.splitlines()
        if first in ("Args:", "Returns:", "Raises:"):
            items: list[str] = []
            for line in rest:
                if line.startswith("        ") and items:
                    items[-1] += f" {line.strip()}"
                else:
                    items.append(line.strip())
            paragraphs.append(f"{first} " + "; ".join(item.rstrip(".") for item in items) + ".")
        else:
            paragraphs.append(" ".join(paragraph.split()))
    return f"\n\n{indent}".join(paragraphs)


def _cell(text: str) -> str:
    return text.replace("|", r"\|")


def _errors() -> Iterator[str]:
    tree = _tree("errors")
    text = ast.get_docstring(tree) or ""
    yield "## Errors\n\nModule `assistant.errors`; each has a `message` and a `remedy`.\n"
    yield "```text\n" + text[text.index("AssistantError\n") :].rstrip() + "\n```\n"
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and not ast.get_docstring(node):
            raise Undocumented(node.name)
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield f"- `{_signature(node)}`: {_prose(node, indent='  ')}"
    yield ""


def _contracts() -> Iterator[str]:
    yield "## What the contract tests promise\n"
    yield "Subclass them in a test; `assistant plugins check` asks the same of an installed plugin.\n"
    for node in _tree(CONTRACTS).body:
        if not isinstance(node, ast.ClassDef) or node.name.startswith("_"):
            continue
        yield f"### {node.name}\n\n{_prose(node)}\n"
        fields = _fields(node)
        if fields:
            yield "| to set | type | default | meaning |\n|---|---|---|---|"
            for name, kind, value, meaning in fields:
                yield f"| `{name}` | `{_cell(kind)}` | {f'`{_cell(value)}`' if value else ''} | {_cell(meaning)} |"
            yield ""
        for method in node.body:
            if isinstance(method, ast.FunctionDef) and method.name.startswith("test_"):
                yield f"- `{method.name}`: {_prose(method, indent='  ')}"
        yield ""


def main() -> int:
    """Write or check."""
    whole = page()
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(whole)
        return 0
    if PAGE.is_file() and PAGE.read_text() == whole:
        return 0
    print(f"{PAGE.relative_to(ROOT)} is stale: run scripts/make_plugin_reference.py")
    return 1


if __name__ == "__main__":
    sys.exit(main())
