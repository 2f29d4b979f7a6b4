"""The stored models, and what they hold."""

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel

from docs.drawing.collections import COLLECTIONS
from docs.drawing.mermaid import mermaid


def database_relationships() -> str:
    """The stored models and their collections; an embedded model is drawn as a line from its holder."""
    lines = ["erDiagram"]
    drawn: set[str] = set()
    for _, stored in COLLECTIONS:
        if stored is not None:
            lines += entity(stored, drawn)
    table = "".join(
        f"| `{schema.name}` | {keys(schema.unique)} | {keys(schema.index)} |\n" for schema, _ in COLLECTIONS
    )
    return (
        "# Database relationships\n\n"
        + mermaid("\n".join(lines))
        + "\n| collection | unique | index |\n|---|---|---|\n"
        + table
    )


def keys(declared: Iterable[tuple[str, ...]]) -> str:
    return ", ".join("(" + ", ".join(fields) + ")" for fields in declared) or "none"


def entity(stored: type[BaseModel], drawn: set[str]) -> list[str]:
    """A stored model and what it embeds, each drawn once; `Session` of accounts and of proctoring are two."""
    name_of = entity_name(stored)
    if name_of in drawn:
        return []
    drawn.add(name_of)
    lines = [f'  {name_of}["{stored.__name__}"] {{']
    inner: list[type[BaseModel]] = []
    for name, field in stored.model_fields.items():
        embedded = embedded_models(field.annotation)
        inner += embedded
        if not embedded:
            lines.append(f"    {type_word(field.annotation)} {name}")
    lines.append("  }")
    for one in dict.fromkeys(inner):
        lines.append(f'  {name_of} ||--o{{ {entity_name(one)} : ""')
        lines += entity(one, drawn)
    return lines


def entity_name(stored: type[BaseModel]) -> str:
    package, *folders = stored.__module__.split(".")
    return f"{folders[0] if folders else package}_{stored.__name__}"


def embedded_models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [one for part in getattr(annotation, "__args__", ()) for one in embedded_models(part)]


def type_word(annotation: Any) -> str:
    parts = [part for part in getattr(annotation, "__args__", ()) if part is not type(None)]
    if getattr(annotation, "__origin__", None) is dict:
        return "map"
    if isinstance(annotation, str | int):  # one of a Literal's values
        return "str" if isinstance(annotation, str) else "int"
    return type_word(parts[0]) if parts else annotation.__name__
