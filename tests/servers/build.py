"""Builds the independent MongoDB-compatible servers, once per user: `python -m tests.servers.build`.

FerretDB v1 by Go and mongo-java-server by Maven, each pinned (go.sum, pom.xml), into the user's cache folder under a
name that changes with their sources. Any number of test workers may ask at once; one builds.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

SOURCES = Path(__file__).parent
BUILD_SECONDS = 900  # Go compiles SQLite from scratch: 90 s on two cores, more when others use them
FAILURE_STANDS_SECONDS = 600
"""How long a failed build is not tried again: the other workers of a test run skip at once, with the same reason."""


class CannotBuild(Exception):
    """The sentence says what is missing or what failed."""


def ferretdb() -> list[str]:
    """The command that starts FerretDB; its last argument must be a folder for its data."""
    folder = _built("go", ("go.mod", "go.sum", "main.go"), _build_go)
    return [str(folder / "ferretdb")]


def mongo_java_server() -> list[str]:
    if shutil.which("java") is None:
        raise CannotBuild("Java is not installed (java)")
    folder = _built("java", ("pom.xml", "src/main/java/Main.java"), _build_java)
    return ["java", "-Xmx256m", "-XX:TieredStopAtLevel=1", "-cp", f"{folder}/classes:{folder}/jars/*", "Main"]


def _build_go(sources: Path, target: Path) -> None:
    # -mod=readonly with a complete go.sum asks the proxy for the pinned zips alone, never for lists of versions.
    _run(["go", "build", "-mod=readonly", "-o", str(target / "ferretdb"), "."], sources, "Go")


def _build_java(sources: Path, target: Path) -> None:
    folders = [f"-DoutputDirectory={target}/jars"]
    shutil.copytree(sources, target / "sources")
    _run(["mvn", "-q", "-B", "compile", "dependency:copy-dependencies", *folders], target / "sources", "Maven")
    (target / "sources/target/classes").rename(target / "classes")


def _built(kind: str, inputs: Sequence[str], build: Callable[[Path, Path], None]) -> Path:
    sources = SOURCES / kind
    digest = hashlib.sha256(b"".join((sources / name).read_bytes() for name in inputs)).hexdigest()[:16]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "guildhall/servers"
    cache.mkdir(parents=True, exist_ok=True)
    finished, failed = cache / f"{kind}-{digest}", cache / f"{kind}-{digest}.failed"
    with _locked(cache / f"{kind}.lock"):
        if finished.exists():
            return finished
        if failed.exists() and time.time() - failed.stat().st_mtime < FAILURE_STANDS_SECONDS:
            raise CannotBuild(failed.read_text())
        building = cache / f"{kind}-building"
        shutil.rmtree(building, ignore_errors=True)
        building.mkdir()
        try:
            build(sources, building)
        except CannotBuild as reason:
            failed.write_text(str(reason))
            raise
        building.rename(finished)
    return finished


def _run(command: list[str], folder: Path, tool: str) -> None:
    if shutil.which(command[0]) is None:
        raise CannotBuild(f"{tool} is not installed ({command[0]})")
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=BUILD_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise CannotBuild(f"{tool} took longer than {BUILD_SECONDS} s") from None
    if done.returncode:
        raise CannotBuild(f"{tool} could not build it: {(done.stdout + done.stderr).strip()[-300:]}")


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    for make in (ferretdb, mongo_java_server):
        try:
            print(" ".join(make()))
        except CannotBuild as reason:
            print(f"{make.__name__}: {reason}", file=sys.stderr)
