"""Settings: config.yaml and the environment into one frozen, typed tree.

Every setting has one path (`proctoring.frame_interval_ms`), one line in config.yaml and one environment variable
(`GUILDHALL_PROCTORING__FRAME_INTERVAL_MS`), which wins. Whatever is not a setting is refused by name: a misspelt knob
that silently does nothing has cost more than any crash at start.
"""

import difflib
import os
import re
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from guildhall.kit.wording import in_plain_words, with_value

PREFIX = "GUILDHALL_"
M = TypeVar("M", bound=BaseModel)
# `${NAME}` or `${NAME:-what to use where it is not set}`, anywhere in a YAML string; `$${` writes a plain `${`.
_REFERENCE = re.compile(r"\$?\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")
_SECRET = re.compile(r"secret|password|token|key|url")
_Path = tuple[str, ...]
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml's where it is there: a tenth of the time


class SettingsError(Exception):
    """The settings cannot be used; `sentences` has one for each thing that is wrong with them."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


def load_settings(model: type[M], yaml_path: Path | None, environ: Mapping[str, str] | None = None) -> M:
    """The settings `model` describes, from a YAML file (may be absent: None) under the environment's variables.

    Entry points call this once. Every model in the tree should forbid extra keys. Raises SettingsError.
    """
    environment = os.environ if environ is None else environ
    wrong: list[str] = []
    file_name = yaml_path.name if yaml_path else "config.yaml"
    tree = _read_yaml(yaml_path, environment, wrong) if yaml_path else {}
    _refuse_unknown(tree, model, (), file_name, wrong)
    origins = _lay_over(tree, model, environment, wrong)
    try:
        loaded = model.model_validate(tree)
    except ValidationError as error:
        wrong.extend(_sentences(error, origins, file_name))
    if wrong:
        raise SettingsError(wrong)
    return loaded


def _read_yaml(path: Path, environ: Mapping[str, str], wrong: list[str]) -> dict[str, Any]:
    try:
        tree = yaml.load(path.read_text(encoding="utf-8"), _LOADER)  # noqa: S506 both are safe
    except OSError as error:
        raise SettingsError([f"{path} cannot be read: {error.strerror}."]) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SettingsError([f"{path.name} is not YAML: {' '.join(str(error).split())}."]) from error
    if tree is None:
        return {}
    if not isinstance(tree, dict):
        raise SettingsError([f"{path.name} must be a mapping of settings, not a {type(tree).__name__}."])
    filled = _fill_in(tree, (), environ, path.name, wrong)
    return typing.cast("dict[str, Any]", filled)


def _fill_in(node: Any, path: _Path, environ: Mapping[str, str], file_name: str, wrong: list[str]) -> Any:
    """The YAML `node` with its references to the environment replaced."""
    if isinstance(node, dict):
        return {str(k): _fill_in(v, (*path, str(k)), environ, file_name, wrong) for k, v in node.items()}
    if isinstance(node, list):
        return [_fill_in(item, (*path, str(i)), environ, file_name, wrong) for i, item in enumerate(node)]
    if not isinstance(node, str):
        return node

    def replacement(reference: re.Match[str]) -> str:
        if reference[0].startswith("$$"):
            return reference[0][1:]
        name, default = reference[1], reference[2]
        # As in a shell, `:-` also stands in for a variable that is set to nothing.
        if default is not None:
            return environ.get(name) or default
        if name not in environ:
            wrong.append(f"{file_name}: `{'.'.join(path)}` refers to {name}, which the environment does not set.")
        return environ.get(name, "")

    filled = _REFERENCE.sub(replacement, node)
    # A value that is nothing but a reference to what is not set is empty, as `name:` alone is in YAML.
    return None if not filled and _REFERENCE.fullmatch(node) else filled


def _refuse_unknown(node: Any, model: type[BaseModel], path: _Path, source: str, wrong: list[str]) -> None:
    if not isinstance(node, dict):
        return
    for key in list(node):
        here = (*path, key)
        if key not in model.model_fields:
            wrong.append(f"{source}: `{'.'.join(here)}` is not a setting here{_suggestion(key, model.model_fields)}")
            del node[key]
        elif (inner := _model_of(model.model_fields[key].annotation)) is not None:
            _refuse_unknown(node[key], inner, here, source, wrong)


def _suggestion(key: str, known: Mapping[str, Any]) -> str:
    nearest = difflib.get_close_matches(key, known, n=1)
    return f"; did you mean `{nearest[0]}`?" if nearest else f"; it knows {', '.join(f'`{k}`' for k in known)}."


def _model_of(annotation: Any) -> type[BaseModel] | None:
    """The one model an annotation allows, also as `Model | None` or `Annotated[Model, ...]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inner = [found for part in typing.get_args(annotation) if (found := _model_of(part)) is not None]
    is_choice = typing.get_origin(annotation) not in (list, tuple, dict, set, frozenset)
    return inner[0] if len(inner) == 1 and is_choice else None


def _lay_over(
    tree: dict[str, Any], model: type[BaseModel], environ: Mapping[str, str], wrong: list[str]
) -> dict[_Path, str]:
    """Write the environment's settings into `tree`; says by path which variable set it."""
    settings = dict(_variables(model, ()))
    origins: dict[_Path, str] = {}
    for name in sorted(environ):
        if not name.startswith(PREFIX):
            continue
        if name not in settings:
            nearest = difflib.get_close_matches(name, settings, n=1)
            wrong.append(f"{name} is not a setting here" + (f"; did you mean {nearest[0]}?" if nearest else "."))
            continue
        path, is_scalar = settings[name]
        node = tree
        for key in path[:-1]:
            inner = node.get(key)
            node[key] = inner = inner if isinstance(inner, dict) else {}
            node = inner
        node[path[-1]] = environ[name] if is_scalar else _parse(environ[name])
        origins[path] = name
    return origins


def _variables(model: type[BaseModel], path: _Path) -> Iterator[tuple[str, tuple[_Path, bool]]]:
    """Every environment variable of a settings tree: its name, the path it sets and whether it is a scalar."""
    for key, field in model.model_fields.items():
        here = (*path, key)
        name = PREFIX + "__".join(here).upper()
        inner = _model_of(field.annotation)
        if inner is not None:
            yield from _variables(inner, here)
            if field.annotation is not inner:  # `Model | None`: the whole of it can be set, to null or as YAML
                yield name, (here, False)
        else:
            yield name, (here, not _has_parts(field.annotation) and type(None) not in typing.get_args(field.annotation))


def _has_parts(annotation: Any) -> bool:
    container = typing.get_origin(annotation) or annotation
    return container in (list, tuple, dict, set, frozenset) or any(map(_has_parts, typing.get_args(annotation)))


def _parse(text: str) -> Any:
    """A variable's text as YAML (so also JSON), for lists, mappings and null; a plain word stays a word."""
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return text


def _sentences(error: ValidationError, origins: Mapping[_Path, str], file_name: str) -> Iterator[str]:
    for found in error.errors(include_url=False):
        path = tuple(str(part) for part in found["loc"])
        origin = next((origins[path[:n]] for n in range(len(path), 0, -1) if path[:n] in origins), file_name)
        # Settings end up in logs when a start fails, secrets must not.
        words = in_plain_words(found) if path and _SECRET.search(path[-1]) else with_value(found)
        subject = f"`{'.'.join(path)}`" if path else "The whole"
        yield f"{subject} {words} (from {origin})"
