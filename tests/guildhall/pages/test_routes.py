import asyncio
import json
from pathlib import Path

import pytest
from aiohttp import web
from pydantic import ValidationError
from pytest_aiohttp import AiohttpClient

from guildhall.chat.settings import SiteSettings
from guildhall.kit.http import PipelineSettings, mount_root
from guildhall.pages.built_pages import PagesNotBuiltError
from guildhall.pages.routes import NOT_FOUND, add_pages
from guildhall.pages.settings import PagesSettings

PAGES = {
    "/": "landing.html",
    "/exam-room": "exam_room.html",
    "/practice-room": "practice_room.html",
    "/exams": "exams.html",
    "/proctor-wall": "proctor_wall.html",
    "/marking": "marking.html",
    "/results": "results.html",
    "/reviews": "reviews.html",
    "/rights": "rights.html",
    "/report": "report.html",
    "/fairness": "fairness.html",
    "/finance": "finance.html",
    "/money": "money.html",
    "/credential": "credential.html",
    "/sign-up": "sign_up.html",
    "/sign-in": "sign_in.html",
    "/home": "home.html",
    "/account": "account.html",
    "/sessions": "account.html",
    "/organisations": "organisations.html",
    "/contracts": "contracts.html",
    "/onboarding": "onboarding.html",
    "/onboarding-reviews": "onboarding_reviews.html",
    "/opportunity-reviews": "opportunity_reviews.html",
    "/opportunities": "opportunities.html",
    "/hiring": "hiring.html",
    "/webhooks": "webhooks.html",
    "/mailbox": "mailbox.html",
    "/authoring": "authoring.html",
    "/widget": "chat_widget.html",
    "/desk": "desk.html",
    "/desk/numbers": "numbers.html",
    "/faq": "faq.html",
    "/chat-demo": "chat_demo.html",
    "/reset-password": "reset_password.html",
    "/join": "join.html",
    "/verify-email": "mail_link.html",
    "/change-email": "mail_link.html",
    "/undo-email": "mail_link.html",
    "/confirm-device": "mail_link.html",
    "/reactivate": "mail_link.html",
}
SCRIPT = "landing-0A1B2C3D.js"
LOADER = "loader-8C9D0E1F.js"
WORKER = "offline_worker-4E5F6A7B.js"


@pytest.fixture
def built_folder(tmp_path: Path) -> Path:
    """A build as build.mjs leaves it, beside a file that nobody may read."""
    folder = tmp_path / "built"
    folder.mkdir()
    shells = sorted({*PAGES.values(), NOT_FOUND})
    for shell in shells:
        (folder / shell).write_text(f"<!doctype html><title>{shell}</title>")
    (folder / SCRIPT).write_text("console.log('hall');" * 200)
    (folder / WORKER).write_text("self.addEventListener('fetch', () => {});")
    (folder / LOADER).write_text("// the chat's button")
    (folder / "stray.js").write_text("left over from another build")
    (folder / "manifest.json").write_text(json.dumps({"shells": shells, "static": [SCRIPT, LOADER, WORKER]}))
    (tmp_path / "secret.txt").write_text("secret")
    return folder


def app_with(built_folder: Path) -> web.Application:
    app = web.Application()
    add_pages(app, PagesSettings(built_folder=built_folder))
    return app


async def status_of(port: int, target: str) -> int:
    """Ask in raw bytes: a well-behaved client would tidy the path up before sending it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return int(answer.split(b" ", 2)[1])


@pytest.mark.parametrize(("path", "shell"), PAGES.items())
async def test_each_page_is_its_own_shell_and_asked_for_anew(
    built_folder: Path, aiohttp_client: AiohttpClient, path: str, shell: str
) -> None:
    client = await aiohttp_client(app_with(built_folder))

    response = await client.get(path)

    assert response.status == 200
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-cache"
    assert shell in await response.text()


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_may_run_nothing_but_its_own_files(
    built_folder: Path, aiohttp_client: AiohttpClient, path: str
) -> None:
    client = await aiohttp_client(app_with(built_folder))

    headers = (await client.get(path)).headers

    policy = dict(directive.split(" ", 1) for directive in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["style-src"] == "'self'"
    assert policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == ("*" if path == "/widget" else "'none'")
    assert policy["base-uri"] == "'none'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


async def test_a_site_that_names_who_may_embed_its_chat_is_shown_by_nobody_else(
    built_folder: Path, aiohttp_client: AiohttpClient
) -> None:
    app = web.Application()
    named = {"shop": ("https://shop.example", "https://*.shop.example:8443")}
    add_pages(app, PagesSettings(built_folder=built_folder), lambda site: named.get(site, ()))
    client = await aiohttp_client(app)
    for site, ancestors in (
        ("shop", "'self' https://shop.example https://*.shop.example:8443"),
        ("demo", "*"),
        ("", "*"),
    ):
        policy = (await client.get("/widget", params={"site": site})).headers["Content-Security-Policy"]
        assert policy.split("frame-ancestors ")[1].split(";")[0] == ancestors


def test_what_is_no_origin_cannot_be_named_as_one() -> None:
    for origin in ("shop.example", "https://shop.example/chat", "https://a; script-src *", "*", "data:"):
        with pytest.raises(ValidationError):
            SiteSettings.model_validate({"embedders": [origin]})


async def test_only_where_a_camera_is_tried_or_watched_a_page_may_ask_for_the_camera(
    built_folder: Path, aiohttp_client: AiohttpClient
) -> None:
    client = await aiohttp_client(app_with(built_folder))

    allowed = {path: (await client.get(path)).headers["Permissions-Policy"].split(",")[0] for path in PAGES}

    assert allowed.pop("/exam-room") == "camera=(self)"
    assert allowed.pop("/practice-room") == "camera=(self)"
    assert allowed.pop("/onboarding") == "camera=(self)"
    assert set(allowed.values()) == {"camera=()"}


async def test_a_hashed_file_is_kept_for_ever_and_travels_compressed(
    built_folder: Path, aiohttp_client: AiohttpClient
) -> None:
    client = await aiohttp_client(app_with(built_folder))

    response = await client.get(f"/static/{SCRIPT}", headers={"Accept-Encoding": "gzip"})

    assert response.status == 200
    assert response.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["Content-Encoding"] == "gzip"
    assert response.headers["Vary"] == "Accept-Encoding"
    assert (await response.text()).startswith("console.log('hall');")


async def test_one_script_alone_may_stand_in_for_a_page_and_only_for_the_exam_room(
    built_folder: Path, aiohttp_client: AiohttpClient
) -> None:
    client = await aiohttp_client(app_with(built_folder))

    worker, script = await client.get(f"/static/{WORKER}"), await client.get(f"/static/{SCRIPT}")

    assert worker.headers["Service-Worker-Allowed"] == "/exam-room"
    assert "Service-Worker-Allowed" not in script.headers


async def test_the_script_that_other_sites_embed_keeps_its_address_and_may_be_loaded_from_them(
    built_folder: Path, aiohttp_client: AiohttpClient
) -> None:
    client = await aiohttp_client(app_with(built_folder))

    script = await client.get("/widget.js")

    assert await script.text() == "// the chat's button"
    assert script.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert script.headers["Cache-Control"] == "public, max-age=300"


@pytest.mark.parametrize(
    "name",
    [
        "../manifest.json",
        "..%2Fmanifest.json",
        "..%2F..%2Fsecret.txt",
        "%2e%2e%2f%2e%2e%2fsecret.txt",
        "..%5C..%5Csecret.txt",
        "%2Fetc%2Fpasswd",
        "manifest.json",
        "stray.js",
        "landing.html",
        "",
        "%00",
    ],
)
async def test_what_is_not_in_the_manifest_does_not_exist(
    built_folder: Path, aiohttp_client: AiohttpClient, name: str
) -> None:
    client = await aiohttp_client(app_with(built_folder))

    assert client.port is not None
    assert await status_of(client.port, f"/static/{SCRIPT}") == 200
    assert await status_of(client.port, f"/static/{name}") == 404


async def test_a_browser_at_an_address_without_a_page_gets_one_and_a_program_a_problem(
    built_folder: Path, aiohttp_client: AiohttpClient
) -> None:
    app = web.Application()
    mount_root(app, PipelineSettings())
    app.add_subapp("/v1", web.Application())
    add_pages(app, PagesSettings(built_folder=built_folder))
    client = await aiohttp_client(app)
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}

    told = await client.get("/exam-rom", headers=browser)
    assert (told.status, told.content_type, told.headers["Vary"]) == (404, "text/html", "Accept, Accept-Encoding")
    assert NOT_FOUND in await told.text()
    assert "script-src 'self'" in told.headers["Content-Security-Policy"]
    for method, path, headers in (
        ("GET", "/exam-rom", {"Accept": "*/*"}),
        ("POST", "/exam-rom", browser),
        ("GET", "/v1/nothing", browser),
        ("GET", "/static/nothing.js", browser),
    ):
        answer = await client.request(method, path, headers=headers)
        assert (answer.status, answer.content_type) == (404, "application/problem+json"), path


async def test_a_server_without_its_pages_does_not_start_and_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(PagesNotBuiltError, match=r"no manifest\.json.*Run `make pages`"):
        add_pages(web.Application(), PagesSettings(built_folder=tmp_path / "nowhere"))


async def test_half_a_build_is_no_build(built_folder: Path) -> None:
    (built_folder / SCRIPT).unlink()

    with pytest.raises(PagesNotBuiltError, match=rf"no {SCRIPT}.*Run `make pages`"):
        add_pages(web.Application(), PagesSettings(built_folder=built_folder))


async def test_a_damaged_manifest_is_no_build(built_folder: Path) -> None:
    (built_folder / "manifest.json").write_text('{"shells": [')

    with pytest.raises(PagesNotBuiltError, match=r"damaged.*Run `make pages`"):
        add_pages(web.Application(), PagesSettings(built_folder=built_folder))


async def test_a_build_that_lacks_a_page_is_no_build(built_folder: Path) -> None:
    (built_folder / "manifest.json").write_text(json.dumps({"shells": ["landing.html"], "static": []}))

    with pytest.raises(PagesNotBuiltError, match=r"no exam_room\.html.*Run `make pages`"):
        add_pages(web.Application(), PagesSettings(built_folder=built_folder))
