"""What all tests share: nothing but the plain words of a skip."""

import shutil

import pytest
from hypothesis import settings

settings.register_profile(
    "guildhall", deadline=None
)  # an absolute time says how busy the machine is, not what is wrong
settings.load_profile("guildhall")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    without_browser = pytest.mark.skip(reason="no chromium on this machine (`make system` installs Debian's)")
    for item in items:
        if item.get_closest_marker("browser") and CHROMIUM is None:
            item.add_marker(without_browser)
