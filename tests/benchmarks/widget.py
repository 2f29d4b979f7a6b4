"""`make bench-widget`: what the chat costs the page that embeds it.

Sizes are of the bodies as this server sends them, gzip'd, read off the wire by Chromium: `loader_gz_kb` is all that a
page loads before anybody asks for the chat, `total_gz_kb` all of it with the panel open (script, style, page and icon;
not the conversation itself). `main_thread_ms` is the time that the embedding page's main thread was busy (TaskDuration
of Chrome's Performance domain) with the chat embedded and opened, less the same page without it: medians of interleaved
rounds. The panel runs in a process of its own where the browser isolates sites; `panel_ms` is its busy time alone.

The last line on stdout is one JSON object.
"""

import argparse
import asyncio
import json
import statistics
import tempfile
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, CDPSession, Page, Request, async_playwright

from tests.conftest import CHROMIUM
from tests.fakes.server import GuildhallProcess, start_in_thread
from tests.journeys.conftest import FLAGS
from tests.journeys.foreign_site import foreign_site

SETTLED_MS = 1_500


async def busy_ms(session: CDPSession) -> float:
    """Since the session began to look."""
    told = await session.send("Performance.getMetrics")
    return float(next(one["value"] for one in told["metrics"] if one["name"] == "TaskDuration")) * 1000


async def open_panel(page: Page) -> None:
    await page.get_by_role("button", name="Open chat").click()
    await page.frame_locator("iframe").get_by_test_id("message").first.wait_for(timeout=30_000)


async def sizes_of(browser: Browser, shop: str, chat: str) -> tuple[float, float]:
    page = await (await browser.new_context()).new_page()
    finished: list[Request] = []
    page.on("requestfinished", lambda request: finished.append(request))  # noqa: PLW0108 - playwright marks the handler
    await page.goto(f"{shop}/shop")
    await page.wait_for_timeout(SETTLED_MS)
    before = len(finished)
    await open_panel(page)
    await page.wait_for_timeout(SETTLED_MS)
    kilobytes = []
    for request in finished:
        path = request.url.removeprefix(chat)
        is_ours = request.url.startswith(chat) and (path.startswith(("/static/", "/widget")))
        size = (await request.sizes())["responseBodySize"] if is_ours else 0
        kilobytes.append(size / 1024)
        if size:
            print(f"{path.partition('?')[0]}: {size} bytes")
    await page.context.close()
    return sum(kilobytes[:before]), sum(kilobytes)


async def round_of(browser: Browser, address: str, *, opens: bool) -> float:
    page = await (await browser.new_context()).new_page()
    session = await page.context.new_cdp_session(page)
    await session.send("Performance.enable")
    await page.goto(address)
    if opens:
        await open_panel(page)
    await page.wait_for_timeout(SETTLED_MS)
    busy = await busy_ms(session)
    await page.context.close()
    return busy


async def measure(rounds: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        hall = await start_in_thread(GuildhallProcess(Path(folder), {"GUILDHALL_ENGINE__CHILDREN": "1"}))
        try:
            async with async_playwright() as playwright, foreign_site(hall.base_url) as shop:
                browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
                loader, total = await sizes_of(browser, shop, hall.base_url)
                bare, embedded, opened, panel = [], [], [], []
                for _ in range(rounds):
                    bare.append(await round_of(browser, f"{shop}/plain", opens=False))
                    embedded.append(await round_of(browser, f"{shop}/shop", opens=False))
                    opened.append(await round_of(browser, f"{shop}/shop", opens=True))
                    panel.append(await round_of(browser, f"{hall.base_url}/widget", opens=False))
                await browser.close()
        finally:
            hall.stop()
    plain = statistics.median(bare)
    return {
        "loader_gz_kb": round(loader, 2),
        "total_gz_kb": round(total, 2),
        "main_thread_ms": round(statistics.median(opened) - plain, 1),
        "loader_ms": round(statistics.median(embedded) - plain, 1),
        "panel_ms": round(statistics.median(panel), 1),
        "rounds": rounds,
    }


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--rounds", type=int, default=5)
    print(json.dumps(asyncio.run(measure(arguments.parse_args().rounds))))


if __name__ == "__main__":
    main()
