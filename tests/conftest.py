"""What all tests share: the plain words of a skip, and that every proctored session they make replays."""

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
    without_browser = pytest.mark.skip(reason="no chromium on this machine (`make system` installs Debian's)")
    for item in items:
        if item.get_closest_marker("browser") and CHROMIUM is None:
            item.add_marker(without_browser)
