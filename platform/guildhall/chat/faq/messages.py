"""Bodies and answers of the FAQ's routes."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from guildhall.chat.faq.model import (
    ANSWER_CHARACTERS,
    PHRASINGS_MAX,
    QUESTION_CHARACTERS,
    TAGS_MAX,
    WORDINGS_MAX,
    Case,
    Content,
    EntryVersion,
    FaqEntry,
    MatcherRecord,
    Unanswered,
    Wording,
)

Site = Annotated[str, Field(min_length=1, max_length=60)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
Phrasing = Annotated[str, Field(min_length=1, max_length=QUESTION_CHARACTERS)]
EntryId = Annotated[str, Field(max_length=60)]
Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
LISTED_MAX = 500


class Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class WordingGiven(Shape):
    language: Language
    question: Annotated[str, Field(max_length=QUESTION_CHARACTERS)] = ""
    answer: Annotated[str, Field(max_length=ANSWER_CHARACTERS)] = ""
    phrasings: Annotated[list[Phrasing], Field(max_length=PHRASINGS_MAX)] = Field(default_factory=list)


class ContentGiven(Shape):
    wordings: Annotated[list[WordingGiven], Field(max_length=WORDINGS_MAX)]
    tags: Annotated[list[Tag], Field(max_length=TAGS_MAX)] = Field(default_factory=list)

    def as_content(self) -> Content:
        return Content(
            wordings=tuple(
                Wording(language=one.language, question=one.question, answer=one.answer, phrasings=tuple(one.phrasings))
                for one in self.wordings
            ),
            tags=tuple(self.tags),
        )


class EntryWanted(ContentGiven):
    site: Site


class EntryTurn(Shape):
    turn: Literal["publish", "withdraw", "archive", "restore"]


class PhrasingsGiven(Shape):
    language: Language
    phrasings: Annotated[list[Phrasing], Field(min_length=1, max_length=50)]


class EntryShownWhole(Shape):
    id: str
    rev: int
    site: str
    state: str
    version: int
    changed_by: str
    updated_at_ms: int
    is_training_due: bool
    draft: Content
    published: Content | None


class EntryListed(Shape):
    id: str
    state: str
    version: int
    question: str
    languages: list[str]
    tags: list[str]
    updated_at_ms: int


class EntriesListed(Shape):
    entries: list[EntryListed]


class EntriesWanted(Shape):
    site: Site
    state: Literal["draft", "published", "archived"] | None = None
    limit: Annotated[int, Field(ge=1, le=LISTED_MAX)] = LISTED_MAX


class VersionShown(Shape):
    version: int
    published_at_ms: int
    by: str
    content: Content


class VersionsShown(Shape):
    versions: list[VersionShown]


class SiteQuery(Shape):
    site: Site
    language: Language = "en"


class MeterShown(Shape):
    """An entry's phrasing meter: how many of its phrasings find it when they are left out of the training."""

    entry_id: str
    phrasings: int
    expected_hit_rate: float | None
    """None where it has one phrasing only: nothing can be left out."""
    rival_id: str
    rival_share: float


class MatcherShown(Shape):
    language: str
    matcher: str
    trained_at_ms: int
    entries: int
    phrasings: int
    answer_at: float
    ask_at: float
    thresholds_from: int
    """Questions they were set from; 0: too few, so that only what is nearly a phrasing is answered."""
    failing_cases: int
    fault: str
    meters: list[MeterShown]


class MatchersShown(Shape):
    matchers: list[MatcherShown]


class Trial(Shape):
    site: Site
    language: Language = "en"
    text: Annotated[str, Field(min_length=1, max_length=4_000)]


class CandidateShown(Shape):
    entry_id: str
    probability: float
    likeness: float
    phrasing: str


class MatchShown(Shape):
    band: str
    confidence: float
    rule: str
    candidates: list[CandidateShown]


class CaseShown(Shape):
    id: str
    text: str
    entry_id: str
    given: str
    by: str
    conversation_id: str


class CasesShown(Shape):
    cases: int
    failing: list[CaseShown]


class QuestionShown(Shape):
    id: str
    text: str
    asked_at_ms: int


class SuggestionShown(Shape):
    questions: list[QuestionShown]
    nearest_id: str
    likeness: float


class SuggestionsShown(Shape):
    suggestions: list[SuggestionShown]


class QuestionsSettled(Shape):
    site: Site
    question_ids: Annotated[list[Annotated[str, Field(max_length=120)]], Field(min_length=1, max_length=100)]
    entry_id: EntryId = ""
    """Which takes them in as phrasings; "" dismisses them."""


class Settled(Shape):
    settled: int


def show_entry(entry: FaqEntry) -> EntryShownWhole:
    return EntryShownWhole(
        id=entry.id,
        rev=entry.rev,
        site=entry.site,
        state=entry.state,
        version=entry.version,
        changed_by=entry.changed_by,
        updated_at_ms=entry.updated_at_ms,
        is_training_due=bool(entry.untrained_since_ms),
        draft=entry.draft,
        published=entry.published,
    )


def list_entry(entry: FaqEntry) -> EntryListed:
    wordings = entry.draft.wordings
    return EntryListed(
        id=entry.id,
        state=entry.state,
        version=entry.version,
        question=wordings[0].question if wordings else "",
        languages=[one.language for one in wordings],
        tags=list(entry.draft.tags),
        updated_at_ms=entry.updated_at_ms,
    )


def show_version(version: EntryVersion) -> VersionShown:
    return VersionShown(
        version=version.version, published_at_ms=version.created_at_ms, by=version.by, content=version.content
    )


def show_matcher(record: MatcherRecord) -> MatcherShown:
    return MatcherShown(
        language=record.language,
        matcher=record.matcher,
        trained_at_ms=record.trained_at_ms,
        entries=record.entries,
        phrasings=record.phrasings,
        answer_at=record.bands.answer_at,
        ask_at=record.bands.ask_at,
        thresholds_from=record.bands.samples,
        failing_cases=len(record.failing),
        fault=record.fault,
        meters=[
            MeterShown(
                entry_id=one.entry_id,
                phrasings=one.phrasings,
                expected_hit_rate=one.hits / one.tried if one.tried else None,
                rival_id=one.rival_id,
                rival_share=one.rival_hits / one.tried if one.tried else 0.0,
            )
            for one in record.meters
        ],
    )


def show_case(case: Case) -> CaseShown:
    return CaseShown(
        id=case.id,
        text=case.text,
        entry_id=case.entry_id,
        given=case.given,
        by=case.by,
        conversation_id=case.conversation_id,
    )


def show_suggestion(questions: list[Unanswered], nearest_id: str, likeness: float) -> SuggestionShown:
    return SuggestionShown(
        questions=[QuestionShown(id=one.id, text=one.text, asked_at_ms=one.asked_at_ms) for one in questions],
        nearest_id=nearest_id,
        likeness=likeness,
    )
