"""Write docs/*.md from the running tables and models, or with --check say which committed page is stale.

`make docs` writes, `make check` checks. A page exists as soon as the code it draws exists.
"""

import json
import sys
import tomllib
from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from guildhall.accounts import lifecycle as account_lifecycle
from guildhall.accounts import model as account_model
from guildhall.accounts import store as account_store
from guildhall.accounts.permissions import MATRIX, Grant
from guildhall.app import all_routes, build_app
from guildhall.assessments import lifecycle as assessment_lifecycle
from guildhall.assessments import store as assessment_store
from guildhall.assessments.exchange.bank_json import FORMAT, VERSION, BankFile
from guildhall.assessments.model import attempts, banks, exams, results
from guildhall.backbone import Backbone
from guildhall.chat import lifecycle as chat_lifecycle
from guildhall.chat import model as chat_model
from guildhall.chat import store as chat_store
from guildhall.chat.answering import model as answering_model
from guildhall.chat.answering import store as answering_store
from guildhall.chat.faq import lifecycle as faq_lifecycle
from guildhall.chat.faq import model as faq_model
from guildhall.chat.faq import store as faq_store
from guildhall.config import Config
from guildhall.gigs import lifecycle as gigs_lifecycle
from guildhall.gigs import store as gigs_store
from guildhall.gigs.model import contracts, weeks
from guildhall.gigs.settings import GigsSettings
from guildhall.kit.audit import AUDIT_LOG
from guildhall.kit.http import Operation
from guildhall.kit.http.idempotency import SCHEMA as IDEMPOTENCY
from guildhall.kit.mail import MAILBOX, OUTBOX, OutboxMail
from guildhall.kit.storage import Schema
from guildhall.kit.tokens import TokenSigner
from guildhall.notifications import model as notification_model
from guildhall.notifications import store as notification_store
from guildhall.onboarding import lifecycle as onboarding_lifecycle
from guildhall.onboarding import store as onboarding_store
from guildhall.onboarding.model import flows as onboarding_flows
from guildhall.onboarding.model import onboardings
from guildhall.onboarding.rules.house_flow import house_flow
from guildhall.onboarding.settings import OnboardingSettings
from guildhall.opportunities import lifecycle as opportunity_lifecycle
from guildhall.opportunities import store as opportunity_store
from guildhall.opportunities.model import applications, postings
from guildhall.opportunities.settings import OpportunitySettings
from guildhall.payments.model import balances as ledger_balances
from guildhall.payments.model import entries as ledger_entries
from guildhall.payments.model import flows as payment_flows
from guildhall.payments.model import holds as payment_holds
from guildhall.payments.model import manual as payment_manual
from guildhall.payments.model import pages as ledger_pages
from guildhall.payments.model import sandbox as payment_sandbox
from guildhall.payments.model.reconciliations import Reconciliation
from guildhall.payments.store import flows as flow_store
from guildhall.payments.store import ledger as payment_store
from guildhall.payments.store import sandbox as sandbox_store
from guildhall.proctoring import lifecycle, model, store
from guildhall.proctoring.lifecycle import acting as acting_lifecycle
from guildhall.proctoring.lifecycle import reviewing as reviewing_lifecycle
from guildhall.proctoring.model import admission, deletions, signals, strips
from guildhall.proctoring.model import cases as model_cases
from guildhall.proctoring.rules.judging import threshold_ms
from guildhall.proctoring.service import ProctoringService
from guildhall.proctoring.settings import RuleSettings
from guildhall.proctoring.store import admissions
from guildhall.proctoring.store import cases as case_store
from guildhall.proctoring.store import signals as signal_store
from guildhall.proctoring.store import strips as strip_store
from proctor_engine.client import open_engine

DOCS = Path(__file__).parent
ROOT = DOCS.parent
HEADER = "<!-- Written by `make docs` from the code; edit the code, not this page. -->\n"


def mermaid(body: str) -> str:
    return f"```mermaid\n{body.strip()}\n```\n"


def system_architecture() -> str:
    """Who may import whom, read from the import-linter contracts that CI holds the code to."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract for contract in contracts if contract["name"].startswith("Inside the hall"))["layers"]
    rows = [[name.strip(" ()") for name in layer.split("|")] for layer in layers]
    lines = ["flowchart TD", "  workers --> guildhall", "  subgraph guildhall"]
    lines += [f"    {name}" for row in rows for name in row]
    lines += [f"    {above} --> {below}" for upper, lower in pairwise(rows) for above in upper for below in lower]
    lines += ["  end", "  guildhall -->|contract, client| proctor_engine"]
    processes = procfile_roles()
    return (
        "# System architecture\n\nArrows are the imports that are allowed; import-linter refuses every other.\n\n"
        + mermaid("\n".join(lines))
        + "\n## Processes in scaled mode\n\n| process | command |\n|---|---|\n"
        + "".join(f"| {name} | `{command}` |\n" for name, command in processes)
        + "\nThe default, `python -m guildhall`, is all of them in one process tree.\n"
    )


def procfile_roles() -> Iterable[tuple[str, str]]:
    for line in (ROOT / "Procfile").read_text().splitlines():
        if line and not line.startswith("#"):
            name, _, command = line.partition(": ")
            yield name, command


def proctoring_and_assessment() -> str:
    thresholds = "".join(
        f"| `{rule.value}` | {model.CHANNEL_OF[rule].value} | {threshold_ms(rule, RuleSettings()) / 1000:g} s |\n"
        for rule in model.Rule
    )
    machines = (
        ("Items and exams", assessment_lifecycle.PUBLISHING),
        ("Attempt", assessment_lifecycle.ATTEMPT),
        ("Result", assessment_lifecycle.RESULT),
        ("Credential", assessment_lifecycle.CREDENTIAL),
    )
    drawn = "".join(f"\n## {name}\n\n{mermaid(machine.as_mermaid())}" for name, machine in machines)
    return (
        "# Proctoring and assessment\n\n"
        "An exam is written, delivered, sat, marked and released; nothing of what was published ever changes.\n"
        + drawn
        + "\n# Watching over it\n\nThe session and the connection move independently: "
        "no network event ends a session.\n\n## Session\n\n"
        + mermaid(lifecycle.SESSION.as_mermaid())
        + "\n## Connection\n\n"
        + mermaid(lifecycle.CONNECTION.as_mermaid())
        + "\n## Check-in\n\n"
        + mermaid(lifecycle.CHECK_IN.as_mermaid())
        + "\n## A proctor's action\n\nUntil the candidate's page says that it has one, it is sent again and again.\n\n"
        + mermaid(acting_lifecycle.ACTION.as_mermaid())
        + "\n## Who attends to a candidate\n\n"
        + mermaid(acting_lifecycle.SUPERVISION.as_mermaid())
        + "\n## The review of a session's flags\n\nTwo people before any penalty, a third for the appeal.\n\n"
        + mermaid(reviewing_lifecycle.REVIEW.as_mermaid())
        + "\n## When a sign becomes an incident\n\n| rule | channel | after (default) |\n|---|---|---|\n"
        + thresholds
    )


def agent_onboarding() -> str:
    """The house's flow as it is shipped, and the machines that walk it."""
    asked = onboarding_flows.CredentialAsked(title="the house's exam")
    plan, settings = house_flow(asked), OnboardingSettings()
    lines = ["flowchart TD", "  start([sign up])"]
    for step in plan.steps:
        shape = f'{step.key}["{step.title}<br/>{_checked_by(step)}"]'
        lines += [f"  {shape}"]
        lines += [f"  {before} --> {step.key}" for before in (step.requires or ("start",))]
    ends = [
        step.key for step in plan.steps if step.due is onboarding_flows.Due.NOW and not _is_required_by(step.key, plan)
    ]
    lines += [f"  {key} --> submitted" for key in ends]
    lines += ['  submitted[handed in] --> review["a person reviews"] --> completed([COMPLETED])']
    rows = "".join(
        f"| {capability.value.replace('_', ' ')} | {', '.join(rule.steps)} | "
        f"{'yes' if rule.needs_completed else 'no'} |\n"
        for capability, rule in plan.capabilities.items()
    )
    return (
        "# Agent onboarding\n\nA flow is data, and its published versions never change: this is the first one of a new "
        "house. Steps are walked in any order that their arrows allow.\n\n"
        + mermaid("\n".join(lines))
        + "\n## The whole\n\nA review is promised within "
        + f"{settings.review_business_days} business days, and COMPLETED is left by two people's decision alone.\n\n"
        + mermaid(onboarding_lifecycle.ONBOARDING.as_mermaid())
        + "\n## One step\n\n"
        + mermaid(onboarding_lifecycle.STEP.as_mermaid())
        + "\n## What the steps give\n\nComputed whenever it is asked for: what expires pauses its row, and the state "
        + "stays.\n\n| capability | steps | after COMPLETED only |\n|---|---|---|\n"
        + rows
    )


def opportunity_and_gig() -> str:
    """From the posting to the contract, and the machines on the way."""
    settings, work = OpportunitySettings(), GigsSettings()
    lines = [
        "flowchart LR",
        "  draft[client drafts] --> published[published]",
        "  published --> search[agents search]",
        "  search --> applied[applied]",
        "  applied --> shortlist[shortlisted]",
        "  applied --> rejected[rejected with a reason]",
        "  rejected -->|taken back| shortlist",
        "  shortlist --> offer[offer holds a position]",
        "  offer -->|counter-offer| offer",
        "  offer -->|declined, withdrawn, run out| shortlist",
        "  offer -->|accepted| hired[hired, position filled]",
        "  hired --> contract[contract opened, pending its funding]",
        "  contract -->|not funded in time| void([void])",
        "  contract -->|first pay held, or begun by the hour| work[work]",
        "  work --> handed_in[handed in, a version with its hash]",
        "  handed_in -->|changes asked for| work",
        "  handed_in -->|approved, or its clock ran out| released[pay released]",
        "  work --> dispute[dispute holds one milestone]",
        "  handed_in --> dispute",
        "  dispute -->|agreed or decided| divided[pay divided]",
        "  dispute -->|withdrawn| handed_in",
        "  released --> ended[ended, settled]",
        "  divided --> ended",
        "  ended --> reviews([sealed reviews, shown together])",
    ]
    clocks = (
        ("a client is reminded of an applicant", settings.answer_warning_days),
        ("an application ends without an answer", settings.answer_days),
        ("an offer runs out", settings.offer_days),
        ("a rejection stays as it is", settings.reopen_days),
        ("what was closed stays closed", settings.repost_days),
        ("a contract that nobody has funded is void", work.void_days),
        ("what is open is closed out, after the agreed notice", work.settle_days),
        ("the other side may resume what was paused", work.resume_days),
        ("a decision of a dispute takes effect", work.appeal_days),
        ("reviews that were written are shown", work.review_days),
    )
    rows = "".join(f"| {what} | {days} days |\n" for what, days in clocks)
    machines = (
        ("Opportunity", opportunity_lifecycle.POSTING),
        ("Application", opportunity_lifecycle.APPLICATION),
        ("Offer", opportunity_lifecycle.OFFER),
        ("Contract", gigs_lifecycle.CONTRACT),
        ("Milestone", gigs_lifecycle.MILESTONE),
        ("Dispute", gigs_lifecycle.DISPUTE),
        ("Week of hours", gigs_lifecycle.WEEK),
    )
    drawn = "".join(f"\n## {name}\n\n{mermaid(machine.as_mermaid())}" for name, machine in machines)
    return (
        "# Opportunity and gig\n\nAn offer holds a position from before it is written until it has ended, so positions "
        "are never filled twice. Its terms never change: a counter-offer is another offer, and both are named by the "
        "hash of their terms.\n\n"
        + mermaid("\n".join(lines))
        + drawn
        + "\n## Clocks (default)\n\n| then | after |\n|---|---|\n"
        + rows
    )


def _checked_by(step: onboarding_flows.FlowStep) -> str:
    by = {
        onboarding_flows.Verifier.FORM: "checked at once",
        onboarding_flows.Verifier.PERSON: "checked by a person",
        onboarding_flows.Verifier.CREDENTIAL: "passed by its credential",
    }[step.verifier]
    return f"{by}, before the first pay" if step.due is onboarding_flows.Due.BEFORE_FIRST_PAY else by


def _is_required_by(key: str, plan: onboarding_flows.FlowPlan) -> bool:
    return any(key in step.requires for step in plan.steps)


def a_config() -> Config:
    """Nothing is opened with it: the pages draw tables, not data."""
    return Config.model_validate({"security": {"token_secret": "no secret at all, only long enough to be one"}})


def operations() -> list[Operation]:
    """Every operation below /v1, in the order it is mounted."""
    config = a_config()
    backbone = Backbone(config)
    engine = open_engine(config.engine)
    service = ProctoringService(
        backbone.proctoring, backbone.bus, engine, backbone.clock, config.proctoring, secret=backbone.secret
    )
    tokens = TokenSigner(backbone.secret, backbone.clock)
    return [route.operation for route in all_routes(backbone, service, tokens, config)]


def authentication() -> str:
    machines = ("Account", account_lifecycle.ACCOUNT), ("Session", account_lifecycle.SESSION)
    drawn = "".join(f"## {name}\n\n{mermaid(machine.as_mermaid())}\n" for name, machine in machines)
    rows = "".join(f"| `{name}` | {'; '.join(map(who, grants))} |\n" for name, grants in MATRIX.items())
    return (
        "# Authentication\n\nBeing throttled is no state: it slows guesses down and leaves the account alone.\n\n"
        + drawn
        + "## Who may do what\n\nStaff roles count only in a session with a second factor.\n\n"
        + "| permission | who, over which objects |\n|---|---|\n"
        + rows
    )


def who(grant: Grant) -> str:
    roles = sorted("everybody signed in" if role == "*" else role for role in grant.roles)
    within = [f"{role} of the organisation" for role in sorted(grant.organisation_roles)]
    return f"{', '.join([*roles, *within])} ({grant.relation})"


def chatbot() -> str:
    """The machines of conversations and of the desk."""
    machines = (
        ("Conversation", chat_lifecycle.CONVERSATION),
        ("An agent's presence", chat_lifecycle.PRESENCE),
        ("An FAQ entry", faq_lifecycle.ENTRY),
    )
    drawn = "".join(f"\n## {name}\n\n{mermaid(machine.as_mermaid())}" for name, machine in machines)
    return (
        "# Chatbot\n\n"
        "Visitors, candidates and the two sides of a gig are served by one desk. Every turn and every message is an "
        "entry of the conversation's numbered log, which carries where the conversation stands after it: one insert "
        "under the next number decides who speaks. A party's message is a turn as well: it wakes what is snoozed, "
        "reopens what is resolved, and asks for a person where no bot answers.\n" + drawn
    )


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


def database_relationships() -> str:
    """The stored models and their collections; an embedded model is drawn as a line from its holder."""
    collections: tuple[tuple[Schema, type[BaseModel] | None], ...] = (
        (account_store.ACCOUNTS, account_model.Account),
        (account_store.SESSIONS, account_model.Session),
        (account_store.FLOWS, account_model.SignInFlow),
        (account_store.ORGANISATIONS, account_model.Organisation),
        (account_store.WISHES, account_model.Wish),
        (account_store.TALLIES, None),
        (assessment_store.BANKS, banks.Bank),
        (assessment_store.ITEMS, banks.Item),
        (assessment_store.ITEM_VERSIONS, banks.ItemVersion),
        (assessment_store.PICTURES, banks.BankPicture),
        (assessment_store.EXAMS, exams.Exam),
        (assessment_store.EXAM_VERSIONS, exams.ExamVersion),
        (assessment_store.DELIVERIES, exams.Delivery),
        (assessment_store.INVITATIONS, exams.Invitation),
        (assessment_store.ATTEMPTS, attempts.Attempt),
        (assessment_store.ANSWERS, attempts.AnswerEntry),
        (assessment_store.FILES, attempts.StoredFile),
        (assessment_store.OUTAGES, attempts.Outage),
        (assessment_store.BEATS, None),
        (assessment_store.MARKS, results.Mark),
        (assessment_store.RESULTS, results.Result),
        (assessment_store.CREDENTIALS, results.Credential),
        (chat_store.CONVERSATIONS, chat_model.Conversation),
        (chat_store.ENTRIES, chat_model.Said),
        (chat_store.NOTES, None),
        (chat_store.AGENTS, chat_model.DeskAgent),
        (answering_store.TURNS, answering_model.BotTurn),
        (answering_store.BUDGETS, None),
        (faq_store.ENTRIES, faq_model.FaqEntry),
        (faq_store.VERSIONS, faq_model.EntryVersion),
        (faq_store.MATCHERS, faq_model.MatcherRecord),
        (faq_store.CASES, faq_model.Case),
        (faq_store.UNANSWERED, faq_model.Unanswered),
        (notification_store.NOTICES, notification_model.Notice),
        (onboarding_store.FLOWS, onboarding_flows.Flow),
        (onboarding_store.ONBOARDINGS, onboardings.Onboarding),
        (onboarding_store.CONSENTS, onboardings.Consent),
        (payment_store.JOURNAL, ledger_entries.Entry),
        (payment_store.ACCOUNTS, ledger_balances.LedgerAccount),
        (payment_store.PAGES, ledger_pages.StatementPage),
        (payment_store.PENDINGS, ledger_pages.OpenPending),
        (payment_store.CURSORS, None),
        (payment_store.CHAIN, None),
        (payment_store.RECONCILIATIONS, Reconciliation),
        (opportunity_store.OPPORTUNITIES, postings.Opportunity),
        (opportunity_store.APPLICATIONS, applications.Application),
        (opportunity_store.WORDS, None),
        (gigs_store.CONTRACTS, contracts.Contract),
        (gigs_store.WEEKS, weeks.Week),
        (flow_store.HOLDS, payment_holds.Hold),
        (flow_store.PAYMENTS, payment_flows.Payment),
        (flow_store.PAYOUTS, payment_flows.Payout),
        (flow_store.PAYOUT_ACCOUNTS, payment_flows.PayoutAccount),
        (flow_store.MANUAL, payment_manual.ManualEntry),
        (flow_store.INBOX, payment_flows.ReceivedEvent),
        (sandbox_store.ORDERS, payment_sandbox.SandboxOrder),
        (store.SESSIONS, model.Session),
        (store.OWNERS, None),
        (store.LOG, model.Entry),
        (signal_store.CHUNKS, signals.Chunk),
        (strip_store.STRIPS, strips.KeptStrip),
        (strip_store.DELETIONS, deletions.Deletion),
        (admissions.ADMISSIONS, admission.Admission),
        (admissions.POLICIES, admission.DeliveryPolicy),
        (admissions.CLAIMS, admission.Claim),
        (case_store.CASES, model_cases.Case),
        (case_store.CASE_LOG, model_cases.Line),
        (AUDIT_LOG, None),
        (OUTBOX, OutboxMail),
        (MAILBOX, None),
        (IDEMPOTENCY, None),
    )
    lines = ["erDiagram"]
    drawn: set[str] = set()
    for _, stored in collections:
        if stored is not None:
            lines += entity(stored, drawn)
    table = "".join(
        f"| `{schema.name}` | {keys(schema.unique)} | {keys(schema.index)} |\n" for schema, _ in collections
    )
    return (
        "# Database relationships\n\n"
        + mermaid("\n".join(lines))
        + "\n| collection | unique | index |\n|---|---|---|\n"
        + table
    )


def keys(declared: Iterable[tuple[str, ...]]) -> str:
    return ", ".join("(" + ", ".join(fields) + ")" for fields in declared) or "none"


def entity(stored: type[BaseModel], drawn: set[str]) -> list[str]:
    """A stored model and what it embeds, each drawn once; `Session` of accounts and of proctoring are two."""
    name_of = entity_name(stored)
    if name_of in drawn:
        return []
    drawn.add(name_of)
    lines = [f'  {name_of}["{stored.__name__}"] {{']
    inner: list[type[BaseModel]] = []
    for name, field in stored.model_fields.items():
        embedded = embedded_models(field.annotation)
        inner += embedded
        if not embedded:
            lines.append(f"    {type_word(field.annotation)} {name}")
    lines.append("  }")
    for one in dict.fromkeys(inner):
        lines.append(f'  {name_of} ||--o{{ {entity_name(one)} : ""')
        lines += entity(one, drawn)
    return lines


def entity_name(stored: type[BaseModel]) -> str:
    package, *folders = stored.__module__.split(".")
    return f"{folders[0] if folders else package}_{stored.__name__}"


def embedded_models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [one for part in getattr(annotation, "__args__", ()) for one in embedded_models(part)]


def type_word(annotation: Any) -> str:
    parts = [part for part in getattr(annotation, "__args__", ()) if part is not type(None)]
    if getattr(annotation, "__origin__", None) is dict:
        return "map"
    if isinstance(annotation, str | int):  # one of a Literal's values
        return "str" if isinstance(annotation, str) else "int"
    return type_word(parts[0]) if parts else annotation.__name__


def question_bank_json() -> str:
    """The format that banks are exported and imported in: an example, and its JSON Schema."""
    content = {
        "question": {
            "kind": "single_choice",
            "prompt": {"text": "Which river flows through Turin?", "pictures": []},
            "choices": [{"id": "a", "text": "Po", "picture": None}, {"id": "b", "text": "Rhine", "picture": None}],
            "shuffles": True,
        },
        "key": {"kind": "choice", "correct": ["a"], "credit": "all_or_nothing"},
        "rationale": "It comes from the Cottian Alps.",
    }
    item = {"name": "Turin's river", "tags": ["rivers"], "difficulty": 2, "content": content}
    example = {"format": FORMAT, "version": VERSION, "name": "Geography", "pictures": {}, "items": [item]}
    schema = BankFile.model_json_schema()
    return (
        "# Question banks as JSON\n\n"
        "`GET /v1/banks/{bank_id}/export.json` writes this, `POST /v1/banks/{bank_id}/imports` reads it: what was "
        "exported is imported again as the same items, as drafts. Text is plain: an empty line begins a paragraph, "
        "backticks mark code. Pictures are PNG or JPEG in base64, under the name by which questions show them "
        "(`blob_id`). Points are whole hundredths. Numbers of a key are text, so that 0.1 stays 0.1. Members that have "
        "a default may be left out; others than these are refused.\n\n"
        "The import reports every row that is wrong with its line and path. With `mode=whole` (the default) nothing is "
        "kept unless everything is right, with `good` the rows that are, with `check` none. The same file again makes "
        "no second copies. QTI 3.0 packages and items are read by the same operation: choice, text entry (numbers with "
        "their tolerance, texts with their mapping), extended text, order and match interactions, one for each item; "
        "the report says what of each could not be taken over.\n\n"
        f"```json\n{json.dumps(example, indent=2)}\n```\n\n"
        f"## JSON Schema\n\n```json\n{json.dumps(schema, indent=1, sort_keys=True)}\n```\n"
    )


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
