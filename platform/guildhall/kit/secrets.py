"""The secret that signs tokens: given by the owner, or made once and kept beside the database."""

import os
import secrets
import tempfile
from pathlib import Path


def read_or_make_secret(given: str | None, path: Path) -> str:
    """`given` when there is one, else the content of `path`, which is made (mode 600) at the first start.

    Several processes may start at once: the file appears whole under its name, and the first one wins.
    """
    if given:
        return given
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        # A name of its own, mode 600: process ids repeat across containers that share a volume.
        handle, made = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            os.link(made, path)
        except FileExistsError:
            pass
        finally:
            Path(made).unlink()
    return path.read_text().strip()
