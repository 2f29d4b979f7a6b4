"""A site of somebody else, on a port of its own and under a strict policy, which embeds the chat by one line."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

PAGE = """<!doctype html>
<html lang="en">
  <head>
    <title>A shop</title>
    <script async src="{chat}/widget.js" data-site="demo"{more}></script>
  </head>
  <body><h1>A shop</h1><p>With things to buy.</p><form><input name="card" value="4111111111111111"></form></body>
</html>
"""


@asynccontextmanager
async def foreign_site(chat: str, more: str = "") -> AsyncIterator[str]:
    """Its address. The policy is the one that the README gives to those who embed the chat, and nothing besides."""
    policy = f"default-src 'none'; script-src {chat}/widget.js; frame-src {chat}"

    async def page(_: web.Request) -> web.Response:
        headers = {"Content-Security-Policy": policy}
        return web.Response(text=PAGE.format(chat=chat, more=more), content_type="text/html", headers=headers)

    async def plain(_: web.Request) -> web.Response:
        return web.Response(text=re.sub("<script.*</script>", "", PAGE), content_type="text/html")

    app = web.Application()
    app.router.add_get("/shop", page)
    app.router.add_get("/plain", plain)
    runner = web.AppRunner(app)
    await runner.setup()
    listening = web.TCPSite(runner, "127.0.0.1", 0)
    await listening.start()
    port = runner.addresses[0][1]
    try:
        yield f"http://localhost:{port}"  # another host than the chat's 127.0.0.1: another site to the browser
    finally:
        await runner.cleanup()
