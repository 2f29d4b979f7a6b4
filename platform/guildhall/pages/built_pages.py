"""The files of one build, read into memory once: what is not in its manifest does not exist."""

import mimetypes
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

CONTENT_TYPES = {".js": "text/javascript", ".css": "text/css", ".map": "application/json", ".svg": "image/svg+xml"}


class PagesNotBuiltError(Exception):
    """The server was started before the pages were built; raised at start, never at a request."""

    def __init__(self, built_folder: Path, why: str) -> None:
        super().__init__(f"The pages are not built: {why} in {built_folder}. Run `make pages`, then start again.")


class Manifest(BaseModel):
    """What build.mjs writes last, so that its presence means a whole build."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    shells: tuple[str, ...]
    static: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BuiltFile:
    body: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class BuiltPages:
    shells: dict[str, BuiltFile]
    static: dict[str, BuiltFile]


def read_built_pages(built_folder: Path) -> BuiltPages:
    """Read the build that `add_pages` serves. Raises PagesNotBuiltError when it is absent or damaged."""
    try:
        manifest = Manifest.model_validate_json((built_folder / "manifest.json").read_bytes())
        return BuiltPages(
            shells={name: _read(built_folder, name) for name in manifest.shells},
            static={name: _read(built_folder, name) for name in manifest.static},
        )
    except FileNotFoundError as missing:
        raise PagesNotBuiltError(built_folder, f"there is no {Path(missing.filename).name}") from missing
    except ValidationError as damaged:
        raise PagesNotBuiltError(built_folder, "the manifest.json is damaged") from damaged


def _read(built_folder: Path, name: str) -> BuiltFile:
    suffix = Path(name).suffix
    content_type = CONTENT_TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return BuiltFile((built_folder / name).read_bytes(), content_type)
