"""Where the built pages are. The default is the package's own folder, in a checkout and in a wheel alike."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict


class PagesSettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    built_folder: Path = Path(__file__).parent / "built"
