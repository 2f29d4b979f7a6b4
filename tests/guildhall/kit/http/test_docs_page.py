import re

from guildhall.kit.http.docs_page import POLICY, render_docs
from guildhall.kit.http.openapi import ApiInfo, openapi_document
from guildhall.kit.http.problems import problem_registry
from tests.fakes.things_api import Http, OutOfStock, Things


async def test_the_page_needs_nothing_from_anywhere(http: Http) -> None:
    answer = await http.get("/docs")
    page = await answer.text()
    assert (answer.status, answer.content_type) == (200, "text/html")
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert POLICY.startswith("default-src 'none'; style-src 'sha256-")
    assert not re.search(r"<script|<link|<img|https?://|\son\w+=|\sstyle=", page)


async def test_every_operation_and_schema_can_be_reached_from_the_top(http: Http) -> None:
    page = await (await http.get("/docs")).text()
    targets = set(re.findall(r'href="#([^"]+)"', page))
    assert targets <= set(re.findall(r'id="([^"]+)"', page))
    assert {route.operation.name for route in Things().routes()} <= targets
    assert '<a href="/problems/out-of-stock"><code>out-of-stock</code></a>' in page


def test_what_stands_in_a_declaration_cannot_become_markup() -> None:
    info = ApiInfo(title="<script>alert(1)</script>", description="a <b> c")
    page = render_docs(openapi_document(Things().routes(), info, problem_registry((OutOfStock,))))
    assert "<script>" not in page
    assert "a &lt;b&gt; c" in page


async def test_every_type_of_problem_has_a_page_at_its_own_address(http: Http) -> None:
    problem = await (await http.get("/v1/things?page=2")).json()
    page = await http.get(problem["type"])
    assert (page.status, page.content_type) == (200, "text/html")
    for kind in problem_registry((OutOfStock,)):
        assert (await http.get(f"/problems/{kind}")).status == 200
    assert (await http.get("/problems/made-up")).status == 404
