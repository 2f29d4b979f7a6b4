"""The API's documentation as plain HTML from the OpenAPI document: no script, nothing from elsewhere."""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from html import escape
from string import Template
from typing import Any

from guildhall.kit.errors import NotFound
from guildhall.kit.http.problems import Registry

Json = Mapping[str, Any]
_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 0 auto; padding: 1rem; overflow-wrap: break-word; }
section { border-top: 1px solid GrayText; margin-top: 2rem; }
h2 code:first-child { font-weight: 700; margin-right: .5rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid GrayText; }
pre { overflow-x: auto; padding: .75rem; border: 1px solid GrayText; border-radius: .25rem; }
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_PROBLEM_TYPE = re.compile("`([a-z-]+)`")
_PAGE = Template(
    '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><title>$title</title>'
    "<style>$style</style></head><body><main><h1>$title</h1>$content</main></body></html>"
)


def render_docs(document: Json) -> str:
    """One page with every operation, in the document's order, and every schema."""
    operations = [
        (method.upper(), path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    server = document["servers"][0]["url"]
    listed = "".join(
        f'<li><a href="#{escape(one["operationId"])}"><code>{method} {escape(server + path)}</code></a> '
        f"{escape(one['summary'])}</li>"
        for method, path, one in operations
    )
    described = "".join(_operation(method, server + path, one) for method, path, one in operations)
    schemas = "".join(
        f'<section id="schema-{escape(name)}"><h2>{escape(name)}</h2>{_json(schema)}</section>'
        for name, schema in document["components"]["schemas"].items()
    )
    info = document["info"]
    opening = f"<p>{escape(info['description'])} <a href='{escape(server)}/openapi.json'>The OpenAPI document</a>.</p>"
    return _page(f"{info['title']} API", f"{opening}<ul>{listed}</ul>{described}{schemas}")


def render_problem(kind: str, registry: Registry) -> str:
    """What one type of problem means and what to do, at the address that problems name as their `type`."""
    if kind not in registry:
        raise NotFound("There is no such type of problem.")
    problem = registry[kind]
    meaning = (problem.__doc__ or problem.title).strip().split("\n\n")[0]
    content = f"<p>Status <code>{problem.status}</code>, code <code>{escape(kind)}</code>.</p><p>{escape(meaning)}</p>"
    return _page(problem.title, f'{content}<p><a href="/docs">All of the API</a></p>')


def _page(title: str, content: str) -> str:
    return _PAGE.substitute(title=escape(title), style=_STYLE, content=content)


def _operation(method: str, path: str, operation: Json) -> str:
    name = escape(operation["operationId"])
    needs = [f"permission <code>{escape(operation['x-permission'])}</code>"]
    if "x-aal" in operation:
        needs.append("a second factor")
    if "x-fresh-seconds" in operation:
        needs.append(f"credentials given in the last {operation['x-fresh-seconds']} s")
    facts = f"Needs {', '.join(needs)}. Rate class <code>{escape(operation['x-rate-class'])}</code>."
    return (
        f'<section id="{name}"><h2><code>{method}</code><code>{escape(path)}</code></h2>'
        f"<p>{escape(operation['summary'])}</p><p>{facts}</p>"
        f"{_parameters(operation['parameters'])}{_body(operation)}{_responses(operation['responses'])}</section>"
    )


def _parameters(parameters: list[Json]) -> str:
    if not parameters:
        return ""
    rows = "".join(
        f"<tr><td><code>{escape(one['name'])}</code></td><td>{one['in']}</td>"
        f"<td>{'yes' if one['required'] else 'no'}</td><td><code>{escape(json.dumps(one['schema']))}</code></td></tr>"
        for one in parameters
    )
    head = "<tr><th>Name</th><th>In</th><th>Required</th><th>Schema</th></tr>"
    return f"<h3>Parameters</h3><table>{head}{rows}</table>"


def _body(operation: Json) -> str:
    if "requestBody" not in operation:
        return ""
    return f"<h3>Body</h3><p>{_schema_link(operation['requestBody']['content'])}</p>"


def _responses(responses: Json) -> str:
    rows = "".join(
        f"<tr><td>{status}</td><td>{_meaning(one['description'])}</td>"
        f"<td>{_schema_link(one.get('content', {}))}</td></tr>"
        for status, one in responses.items()
    )
    return f"<h3>Answers</h3><table><tr><th>Status</th><th>Meaning</th><th>Body</th></tr>{rows}</table>"


def _meaning(description: str) -> str:
    """The description, with each type of problem it names linked to its page."""
    return _PROBLEM_TYPE.sub(r'<a href="/problems/\1"><code>\1</code></a>', escape(description))


def _schema_link(content: Json) -> str:
    """Of a JSON body its schema; of bytes their content type."""
    links: list[str] = []
    for content_type, one in content.items():
        if "schema" not in one:
            links.append(f"<code>{escape(content_type)}</code>")
            continue
        name = escape(one["schema"]["$ref"].rpartition("/")[2])
        links.append(f'<a href="#schema-{name}">{name}</a>')
    return ", ".join(links)


def _json(schema: Json) -> str:
    return f"<pre>{escape(json.dumps(schema, indent=2))}</pre>"
