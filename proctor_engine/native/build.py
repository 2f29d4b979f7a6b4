"""Compiles the C of this folder into one library, where there is a compiler: `python -m proctor_engine.native.build`.

Called by `make install`. Without a compiler, or with one that does not know these processors, it says so and ends well:
the engine then runs on LiteRT and OpenCV alone.
"""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).parent
SOURCES = (
    "network.c",
    "faces.c",
    "boxes.c",
    "frames.c",
    "views.c",
    "cover.c",
    "jpeg.c",
    "jpeg_bits.c",
    "jpeg_pixels.c",
)  # for each level
HEADERS = ("network.h", "faces.h", "halves.h", "jpeg.h")
HALVES = ("halves.c", "half_tiles.c")  # for the last level alone
CHOOSER = "level.c"  # once, for any processor
LEVELS: dict[int, tuple[str, ...]] = {3: ("-march=x86-64-v3",), 4: ("-march=x86-64-v4",)}  # AVX2; AVX-512
# And AVX512-FP16, which multiplies halves. Compilers from before GCC 12 and clang 14 do not know it, and leave it out.
HALVES_LEVEL, HALVES_OPTIONS = 5, ("-march=x86-64-v4", "-mavx512fp16")
FLAGS = ("-O3", "-std=gnu11", "-fPIC", "-fno-math-errno", "-fvisibility=default")


def library_path() -> Path:
    """Where the library of these very sources is, or would be: one that is older than they are is never loaded."""
    bodies = b"".join((FOLDER / name).read_bytes() for name in (*SOURCES, *HALVES, *HEADERS, CHOOSER))
    options = repr((FLAGS, LEVELS, HALVES_OPTIONS)).encode()
    return FOLDER / "built" / f"faces-{hashlib.sha256(bodies + options).hexdigest()[:16]}.so"


def build() -> Path | None:
    """The library, made now where it is missing; None where it cannot be made. Raise `CalledProcessError`."""
    path = library_path()
    compiler = os.environ.get("CC") or shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if path.exists():
        return path
    if compiler is None or platform.machine() not in {"x86_64", "AMD64"}:
        return None
    path.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as passing:
        levels = dict(LEVELS)
        if has_halves := _knows(compiler, passing, HALVES_OPTIONS):
            levels[HALVES_LEVEL] = HALVES_OPTIONS
        objects = [_compiled(compiler, passing, CHOOSER, "level.o", *(("-DHALVES",) if has_halves else ()))]
        for level, options in levels.items():
            sources = (*SOURCES, *HALVES) if level == HALVES_LEVEL else SOURCES
            own = (*options, f"-DLEVEL={level}")
            objects += [_compiled(compiler, passing, name, f"{name}.{level}.o", *own) for name in sources]
        whole = Path(passing, "whole.so")
        _run(compiler, "-shared", "-o", str(whole), *objects, "-lm")
        whole.replace(path)  # a reader sees all of it or nothing
    for old in path.parent.glob("faces-*.so"):
        if old != path:
            old.unlink(missing_ok=True)
    return path


def _compiled(compiler: str, folder: str, source: str, target: str, *options: str) -> str:
    path = str(Path(folder, target))
    _run(compiler, *FLAGS, *options, "-c", str(FOLDER / source), "-o", path)
    return path


def _knows(compiler: str, folder: str, options: tuple[str, ...]) -> bool:
    """Whether the compiler makes anything at all with these."""
    empty = Path(folder, "empty.c")
    empty.write_text("int nothing;\n")
    try:
        _run(compiler, *FLAGS, *options, "-c", str(empty), "-o", str(empty.with_suffix(".o")))
    except subprocess.CalledProcessError:
        return False
    return True


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - the machine's own compiler


def main() -> None:
    """Build, and say what came of it in a line."""
    try:
        path = build()
    except (OSError, subprocess.CalledProcessError) as failure:
        reason = getattr(failure, "stderr", "") or str(failure)
        _say(f"The engine's C could not be compiled, so it runs on LiteRT and OpenCV alone: {reason.strip()[-500:]}")
        return
    if path is None:
        _say("No C compiler for x86-64 here: the engine runs on LiteRT and OpenCV alone.")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
