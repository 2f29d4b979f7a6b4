"""axe-core in an open page: every rule it has on by default, WCAG 2.2 A and AA and good practice."""

import asyncio
from functools import cache
from pathlib import Path
from typing import Any

from playwright.async_api import Page

SOURCE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
SCHEMES = ("light", "dark")
NARROW_PX = 360
WIDE_PX = 1200
_RUN = "async () => (await axe.run(document, { resultTypes: ['violations'] })).violations"
_SIDEWAYS = "() => document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"


@cache
def source() -> str:
    """For `add_init_script`, where many pages are looked at: sent to an open page it costs as much as five looks."""
    return SOURCE.read_text()


async def violations(page: Page) -> list[str]:
    """What axe finds wrong with the page as it stands, a line each: the rule, the element, what to do."""
    # Evaluated by the debugger, so that the page's own policy stays as strict as it is for candidates.
    if not await page.evaluate("() => 'axe' in window"):
        await page.evaluate(source())
    found: list[dict[str, Any]] = await page.evaluate(_RUN)
    return [
        f"{one['id']}: {node['target']} {node['html'][:160]} ({node['failureSummary']})"
        for one in found
        for node in one["nodes"]
    ]


async def faults(page: Page) -> list[str]:
    """`violations` in light and dark, wide and at 360 px, where nothing may need scrolling sideways either."""
    found: list[str] = []
    size = page.viewport_size or {"width": WIDE_PX, "height": 800}
    for scheme in SCHEMES:
        await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for width in (WIDE_PX, NARROW_PX):
            await page.set_viewport_size({"width": width, "height": 800})
            await asyncio.sleep(0.05)
            found += [f"{scheme} {width} px {line}" for line in await violations(page)]
            if (too_wide := await page.evaluate(_SIDEWAYS)) > 0:
                found.append(f"{scheme} {width} px: the page is {too_wide} px too wide")
    await page.emulate_media(color_scheme="light")
    await page.set_viewport_size(size)
    return found
