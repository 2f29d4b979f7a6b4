"""HTTP of the FAQ, for those who keep it: entries and their versions, matchers, and what real questions teach."""

from typing import Final

from pydantic import BaseModel

from guildhall.chat.faq.lifecycle import EntryEvent, EntryState
from guildhall.chat.faq.messages import (
    CandidateShown,
    CasesShown,
    ContentGiven,
    EntriesListed,
    EntriesWanted,
    EntryShownWhole,
    EntryTurn,
    EntryWanted,
    MatchersShown,
    MatchShown,
    PhrasingsGiven,
    QuestionsSettled,
    Settled,
    SiteQuery,
    SuggestionsShown,
    Trial,
    VersionsShown,
    list_entry,
    show_case,
    show_entry,
    show_matcher,
    show_suggestion,
    show_version,
)
from guildhall.chat.faq.model import FaqEntry
from guildhall.chat.faq.rules.bands import CHOICES, Match
from guildhall.chat.faq.service import FaqService
from guildhall.kit.http import Answer, Call, NoBody, NoQuery, Operation, Route, check_match

TAGS: Final = ("faq",)
KEEP: Final = "faq.keep"
NOT_THERE: Final = frozenset({"not-found"})
ONE: Final = "/faq/entries/{entry_id}"
BODY_MAX: Final = 1_000_000  # 20 languages with 200 phrasings of ordinary length
SLOW_SECONDS: Final = 20


def _read(
    name: str,
    path: str,
    summary: str,
    answer: type[BaseModel],
    query: type[BaseModel] | None = None,
    *,
    etag: bool = False,
) -> Operation:
    return Operation(
        name=name,
        method="GET",
        path=path,
        summary=summary,
        permission=KEEP,
        aal=2,
        query=query,
        answers={200: answer},
        has_etag=etag,
        problems=NOT_THERE,
        deadline_seconds=SLOW_SECONDS,
        tags=TAGS,
    )


def _turn(name: str, path: str, summary: str, body: type[BaseModel], problems: frozenset[str]) -> Operation:
    return Operation(
        name=name,
        method="POST",
        path=f"{ONE}/{path}",
        summary=summary,
        permission=KEEP,
        aal=2,
        rate_class="write",
        body=body,
        has_etag=True,
        answers={200: EntryShownWhole},
        problems=NOT_THERE | problems,
        tags=TAGS,
    )


BEGIN = Operation(
    name="begin_faq_entry",
    method="POST",
    path="/faq/entries",
    summary="Begin an FAQ entry: a draft that nobody is answered with",
    permission=KEEP,
    aal=2,
    rate_class="write",
    idempotency="optional",
    body=EntryWanted,
    answers={201: EntryShownWhole},
    has_etag=True,
    problems=NOT_THERE | {"conflict"},
    max_body_bytes=BODY_MAX,
    tags=TAGS,
)
LIST = _read(
    "list_faq_entries",
    "/faq/entries",
    "The FAQ entries of a site, those changed last first",
    EntriesListed,
    EntriesWanted,
)
READ = _read("read_faq_entry", ONE, "An FAQ entry: its draft, and what is published", EntryShownWhole, etag=True)
EDIT = Operation(
    name="edit_faq_entry",
    method="PUT",
    path=ONE,
    summary="Write the draft of an FAQ entry anew; what is published stays until it is published again",
    permission=KEEP,
    aal=2,
    rate_class="write",
    if_match="required",
    has_etag=True,
    body=ContentGiven,
    answers={200: EntryShownWhole},
    problems=NOT_THERE | {"conflict"},
    max_body_bytes=BODY_MAX,
    tags=TAGS,
)
TURN = _turn(
    "turn_faq_entry",
    "turns",
    "Publish, withdraw, archive or restore an FAQ entry; the matcher is trained anew by itself",
    EntryTurn,
    frozenset({"move-refused", "conflict"}),
)
ADD = _turn(
    "add_faq_phrasings",
    "phrasings",
    "Add how people really put it; where the entry is published, at once",
    PhrasingsGiven,
    frozenset({"conflict"}),
)
VERSIONS = _read(
    "list_faq_versions",
    f"{ONE}/versions",
    "Every version of an FAQ entry that was published, the newest first",
    VersionsShown,
)
MATCHERS = _read(
    "read_faq_matchers",
    "/faq/matchers",
    "What answers on a site by language: thresholds, phrasing meters, regression cases",
    MatchersShown,
    SiteQuery,
)
TRY = Operation(
    name="try_faq_question",
    method="POST",
    path="/faq/trials",
    summary="What a question would be answered with, without asking it",
    permission=KEEP,
    aal=2,
    body=Trial,
    answers={200: MatchShown},
    problems=NOT_THERE,
    tags=TAGS,
)
CASES = _read(
    "read_faq_cases", "/faq/cases", "The regression cases that the matcher of now gets wrong", CasesShown, SiteQuery
)
SUGGEST = _read(
    "suggest_faq_entries",
    "/faq/suggestions",
    "Questions without an answer, in groups; each group wants an entry, or belongs to one",
    SuggestionsShown,
    SiteQuery,
)
SETTLE = Operation(
    name="settle_faq_questions",
    method="POST",
    path="/faq/suggestions/settlements",
    summary="Take unanswered questions into an entry as phrasings, or dismiss them",
    permission=KEEP,
    aal=2,
    rate_class="write",
    body=QuestionsSettled,
    answers={200: Settled},
    problems=NOT_THERE | {"conflict"},
    deadline_seconds=SLOW_SECONDS,
    tags=TAGS,
)


def routes(service: FaqService) -> tuple[Route, ...]:
    """Everything below `/v1/faq`."""
    return (*entry_routes(service), *question_routes(service))


def entry_routes(service: FaqService) -> tuple[Route, ...]:
    entries, store = service.entries, service.context.store

    async def begin(call: Call[EntryWanted, NoQuery]) -> Answer:
        entry = await entries.begin(call.body.site, call.body.as_content(), call.principal.id)
        return shown(entry, 201)

    async def listed(call: Call[NoBody, EntriesWanted]) -> Answer:
        entries.check_site(call.query.site)
        state = EntryState(call.query.state) if call.query.state else None
        found = await store.of_site(call.query.site, state)
        return Answer(EntriesListed(entries=[list_entry(one) for one in found[: call.query.limit]]))

    async def read(call: Call[NoBody, NoQuery]) -> Answer:
        return shown(await store.entries.read(call.path["entry_id"]))

    async def edit(call: Call[ContentGiven, NoQuery]) -> Answer:
        entry = await store.entries.read(call.path["entry_id"])
        check_match(call, str(entry.rev))
        return shown(await entries.edit(entry.id, call.body.as_content(), call.principal.id, entry.rev))

    async def turn(call: Call[EntryTurn, NoQuery]) -> Answer:
        event = EntryEvent(call.body.turn)
        return shown(await entries.turn(call.path["entry_id"], event, call.principal.id))

    async def add(call: Call[PhrasingsGiven, NoQuery]) -> Answer:
        phrasings = tuple(call.body.phrasings)
        entry_id, by = call.path["entry_id"], call.principal.id
        return shown(await entries.add_phrasings(entry_id, call.body.language, phrasings, by))

    async def versions(call: Call[NoBody, NoQuery]) -> Answer:
        found = await entries.versions(call.path["entry_id"])
        return Answer(VersionsShown(versions=[show_version(one) for one in found]))

    return (
        Route(BEGIN, begin),
        Route(LIST, listed),
        Route(READ, read),
        Route(EDIT, edit),
        Route(TURN, turn),
        Route(ADD, add),
        Route(VERSIONS, versions),
    )


def question_routes(service: FaqService) -> tuple[Route, ...]:
    questions = service.questions

    async def matchers(call: Call[NoBody, SiteQuery]) -> Answer:
        service.entries.check_site(call.query.site)
        found = await service.context.store.matchers_of(call.query.site)
        return Answer(MatchersShown(matchers=[show_matcher(record) for record in found]))

    async def trial(call: Call[Trial, NoQuery]) -> Answer:
        service.entries.check_site(call.body.site)
        match, _ = await service.matchers.match(call.body.site, call.body.language, call.body.text)
        return Answer(show_match(match))

    async def cases(call: Call[NoBody, SiteQuery]) -> Answer:
        service.entries.check_site(call.query.site)
        failing, count = await questions.failing(call.query.site, call.query.language)
        return Answer(CasesShown(cases=count, failing=[show_case(case) for case in failing]))

    async def suggest(call: Call[NoBody, SiteQuery]) -> Answer:
        service.entries.check_site(call.query.site)
        found = await questions.suggestions(call.query.site, call.query.language)
        shown = [show_suggestion(one.questions, one.nearest_id, one.likeness) for one in found]
        return Answer(SuggestionsShown(suggestions=shown))

    async def settle(call: Call[QuestionsSettled, NoQuery]) -> Answer:
        service.entries.check_site(call.body.site)
        ids = tuple(call.body.question_ids)
        count = await questions.settle(call.body.site, ids, call.body.entry_id, call.principal.id)
        return Answer(Settled(settled=count))

    return (
        Route(MATCHERS, matchers),
        Route(TRY, trial),
        Route(CASES, cases),
        Route(SUGGEST, suggest),
        Route(SETTLE, settle),
    )


def shown(entry: FaqEntry, status: int = 200) -> Answer:
    return Answer(show_entry(entry), status=status, etag=str(entry.rev))


def show_match(match: Match) -> MatchShown:
    return MatchShown(
        band=match.band,
        confidence=match.confidence,
        rule=match.rule,
        candidates=[
            CandidateShown(
                entry_id=one.entry_id, probability=one.probability, likeness=one.likeness, phrasing=one.phrasing
            )
            for one in match.candidates[:CHOICES]
        ],
    )
