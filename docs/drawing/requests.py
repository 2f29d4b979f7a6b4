"""What a request passes, and every operation."""

from itertools import pairwise

from docs.drawing.house import a_config, operations
from docs.drawing.mermaid import mermaid
from guildhall.app import build_app
from guildhall.kit.http import Operation


def api_request_flow() -> str:
    """The stages as they are mounted, and every operation with what it declares."""
    app = build_app(a_config(), with_jobs=False)
    api = next(inner for inner in app._subapps)  # noqa: SLF001 - aiohttp shows them nowhere else
    root = [name_of_stage(stage) for stage in app.middlewares]
    within = [name_of_stage(stage) for stage in api.middlewares]
    route = ["authorise", "validate", "idempotency", "handler", "render"]
    lines = ["flowchart TD", "  request([request])"]
    for title, stages in (("root", root), ("v1", within), ("route", route)):
        lines += [f"  subgraph {title}", *(f"    {stage}" for stage in stages), "  end"]
    lines += [f"  {before} --> {after}" for before, after in pairwise(["request", *root, *within, *route])]
    lines += [f"  {root[-1]} --> socketio[/socket.io/]", f"  {root[-1]} --> pages[pages, /healthz, /readyz, /metrics]"]
    rows = "".join(
        f"| {one.method} | `/v1{one.path}` | {one.summary} | `{one.permission}` | {one.rate_class} | {needs(one)} |\n"
        for one in operations()
    )
    return (
        "# API request flow\n\n"
        + mermaid("\n".join(lines))
        + "\n## Operations\n\n| | path | | permission | rate class | also needs |\n|---|---|---|---|---|---|\n"
        + rows
    )


def name_of_stage(stage: object) -> str:
    return str(getattr(stage, "__name__", stage))


def needs(operation: Operation) -> str:
    wanted = []
    if operation.aal > 1:
        wanted.append("a second factor")
    if operation.fresh_seconds is not None:
        wanted.append(f"credentials within {operation.fresh_seconds} s")
    if operation.idempotency == "required":
        wanted.append("Idempotency-Key")
    if operation.cookie_borne:
        wanted.append("the CSRF header with a cookie")
    return ", ".join(wanted)
