"""Write docs/*.md from the running tables and models, or with --check say which committed page is stale.

`make docs` writes, `make check` checks. Each page is a function of `drawing/`.
"""

import sys
from collections.abc import Callable
from pathlib import Path

from docs.drawing.access import authentication
from docs.drawing.architecture import system_architecture
from docs.drawing.bank_format import question_bank_json
from docs.drawing.chatbot import chatbot
from docs.drawing.examining import proctoring_and_assessment
from docs.drawing.models import database_relationships
from docs.drawing.onboarding import agent_onboarding
from docs.drawing.requests import api_request_flow
from docs.drawing.work import opportunity_and_gig

DOCS = Path(__file__).parent
HEADER = "<!-- Written by `make docs` from the code; edit the code, not this page. -->\n"

PAGES: dict[str, Callable[[], str]] = {
    "system-architecture.md": system_architecture,
    "authentication.md": authentication,
    "agent-onboarding.md": agent_onboarding,
    "opportunity-and-gig.md": opportunity_and_gig,
    "proctoring-and-assessment.md": proctoring_and_assessment,
    "chatbot.md": chatbot,
    "api-request-flow.md": api_request_flow,
    "database-relationships.md": database_relationships,
    "question-bank-json.md": question_bank_json,
}


def main() -> int:
    stale = []
    for name, write in PAGES.items():
        page, path = HEADER + write(), DOCS / name
        if path.exists() and path.read_text() == page:
            continue
        stale.append(name)
        if "--check" not in sys.argv:
            path.write_text(page)
    if stale and "--check" in sys.argv:
        sys.stderr.write(f"Stale: {', '.join(stale)} in docs/. Run `make docs` and commit what it writes.\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
