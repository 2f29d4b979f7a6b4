"""What all tests share: the plain words of a skip, and that every proctored session they make replays."""

import os
import shutil
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.fakes import replays

settings.register_profile(
    "guildhall", deadline=None
)  # an absolute time says how busy the machine is, not what is wrong
settings.load_profile("guildhall")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


replays.watch_storages()


@pytest.fixture(autouse=True)
def every_session_replays(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test's proctored sessions came to is what their signal logs lead to, byte for byte."""
    yield
    unequal = list(replays.found)
    replays.found.clear()
    if request.node.get_closest_marker("tampers") is None:
        assert unequal == []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skips browser journeys where there is no browser; lets CI walk one that fell a second time.

    A journey crosses four programs that none of us wrote, on two cores that all of them share: of 65, one fell in every
    other run of CI, the last one at a tool's fault (the file dialog opened before the driver listened for it). A first
    fall is told whole under "rerun test summary" and is to be looked into; a product that is at fault every time still
    fails, and nothing but browser journeys is tried twice. On a developer's machine nothing is.
    """
    again = pytest.mark.flaky(reruns=1)
    without_browser = pytest.mark.skip(reason="no chromium on this machine (`make system` installs Debian's)")
    for item in items:
        if item.get_closest_marker("browser") and CHROMIUM is None:
            item.add_marker(without_browser)
        elif item.get_closest_marker("browser") and os.environ.get("CI"):
            item.add_marker(again)
