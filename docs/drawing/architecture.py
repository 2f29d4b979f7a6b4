"""Who may import whom, and the processes of the scaled mode."""

import tomllib
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

from docs.drawing.mermaid import mermaid

ROOT = Path(__file__).parents[2]


def system_architecture() -> str:
    """Who may import whom, read from the import-linter contracts that CI holds the code to."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract for contract in contracts if contract["name"].startswith("Inside the hall"))["layers"]
    rows = [[name.strip(" ()") for name in layer.split("|")] for layer in layers]
    lines = ["flowchart TD", "  workers --> guildhall", "  subgraph guildhall"]
    lines += [f"    {name}" for row in rows for name in row]
    lines += [f"    {above} --> {below}" for upper, lower in pairwise(rows) for above in upper for below in lower]
    lines += ["  end", "  guildhall -->|contract, client| proctor_engine"]
    processes = procfile_roles()
    return (
        "# System architecture\n\nArrows are the imports that are allowed; import-linter refuses every other.\n\n"
        + mermaid("\n".join(lines))
        + "\n## Processes in scaled mode\n\n| process | command |\n|---|---|\n"
        + "".join(f"| {name} | `{command}` |\n" for name, command in processes)
        + "\nThe default, `python -m guildhall`, is all of them in one process tree.\n"
    )


def procfile_roles() -> Iterable[tuple[str, str]]:
    for line in (ROOT / "Procfile").read_text().splitlines():
        if line and not line.startswith("#"):
            name, _, command = line.partition(": ")
            yield name, command
