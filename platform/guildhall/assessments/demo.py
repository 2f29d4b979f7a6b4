"""The demo's exam: fourteen questions over all kinds, a proctored exam and a practice run, made once for all.

Everything has a name that does not change, and is written only where nothing is: so any number of processes may do this
at once, and one that is killed is finished by the next.
"""

from typing import Any, Final

from guildhall.accounts.rules.addresses import email_key
from guildhall.assessments.demo_items import DEMO_ITEMS, chart_png
from guildhall.assessments.lifecycle import PublishingState
from guildhall.assessments.model.banks import Bank, Item, ItemVersion
from guildhall.assessments.model.exams import (
    Assignment,
    Delivery,
    Draw,
    Exam,
    ExamPlan,
    ExamVersion,
    FixedItems,
    Invitation,
    ReleaseRule,
    Section,
    assignment_id,
)
from guildhall.assessments.model.keys import ItemContent
from guildhall.assessments.rules.planning import flaws_of_exam, match_plan
from guildhall.assessments.rules.scope import PLATFORM
from guildhall.assessments.service import AssessmentsService
from guildhall.assessments.service.sitting import DEMO_DELIVERY_ID
from guildhall.kit.documents import VersionedDocument
from guildhall.kit.storage import Duplicate
from guildhall.kit.storage.versioned import Documents

DEMO_BANK_ID: Final = "bnk_demo"
DEMO_EXAM_ID: Final = "exm_demo"
DEMO_PRACTICE_EXAM_ID: Final = "exm_demo_practice"
DEMO_PRACTICE_DELIVERY_ID: Final = "dlv_demo_practice"
DEMO_PROCTOR_EMAIL: Final = "grace@guildhall.example"
DEMO_CANDIDATE: Final = ("Ada Lovelace", "ada@guildhall.example")
AUTHOR: Final = "system:demo"
_ALWAYS_MS: Final = 4_102_444_800_000  # 1 January 2100
_PRACTICE_ATTEMPTS: Final = 20


async def seed_demo_exam(service: AssessmentsService) -> None:
    """Called by the composition root where `assessments.demo` is true; safe to repeat, and from several processes."""
    store, now_ms = service.context.store, service.context.clock.now_ms()
    await _add(store.banks, _bank(now_ms))
    picture = await service.authoring.pictures.keep(DEMO_BANK_ID, chart_png())
    items: list[Item] = []
    for number, raw in enumerate(DEMO_ITEMS, start=1):
        item, version = _item(number, raw, picture.blob_id, (picture.width_px, picture.height_px), now_ms)
        await _add(store.item_versions, version)
        await _add(store.items, item)
        items.append(item)
    for exam_id, plan in ((DEMO_EXAM_ID, demo_plan()), (DEMO_PRACTICE_EXAM_ID, practice_plan())):
        version_of_exam = _exam_version(exam_id, plan, items, now_ms)
        await _add(store.exam_versions, version_of_exam)
        await _add(store.exams, _exam(exam_id, plan, version_of_exam.id, now_ms))
    for delivery in (
        _delivery(DEMO_DELIVERY_ID, DEMO_EXAM_ID, demo_plan().title, now_ms, is_practice=False),
        _delivery(DEMO_PRACTICE_DELIVERY_ID, DEMO_PRACTICE_EXAM_ID, practice_plan().title, now_ms, is_practice=True),
    ):
        await _add(store.deliveries, delivery)
        await _add(store.invitations, _invitation(delivery, now_ms))
        await _assign_proctor(service, delivery, now_ms)


async def _assign_proctor(service: AssessmentsService, delivery: Delivery, now_ms: int) -> None:
    """The demo's own, where the demo's people have been made."""
    person = await service.context.people.with_email(email_key(DEMO_PROCTOR_EMAIL))
    if person is None:
        return
    assignment = Assignment(
        id=assignment_id(delivery.id, person.account_id),
        created_at_ms=now_ms,
        delivery_id=delivery.id,
        organisation_id=delivery.organisation_id,
        account_id=person.account_id,
        name=person.name,
        assigned_by=AUTHOR,
    )
    await _add(service.context.store.assignments, assignment)


def demo_plan() -> ExamPlan:
    """About twenty minutes before a camera, in three sections."""
    return ExamPlan(
        title="Guild basics",
        instructions=(
            "Three short sections, twenty minutes in all. Every answer is saved as you give it; you see when.\n\n"
            "You may go back and forth, and flag what you want to look at again."
        ),
        duration_seconds=20 * 60,
        sections=(
            Section(
                id="numbers",
                title="Numbers and terms",
                instructions="Four questions, drawn for you from a larger pool.",
                sources=(Draw(bank_id=DEMO_BANK_ID, count=4, tags=("basics",)),),
            ),
            Section(
                id="reading",
                title="Look closely",
                instructions="Order, match and read a chart.",
                sources=(Draw(bank_id=DEMO_BANK_ID, count=3, tags=("reading",)),),
                centipoints_each=200,
            ),
            Section(
                id="writing",
                title="In your own words",
                instructions="These are read by people.",
                sources=(FixedItems(item_ids=("itm_demo_12", "itm_demo_13", "itm_demo_14")),),
                centipoints_each=400,
                shuffles_items=False,
            ),
        ),
        pass_percent=60,
        release=ReleaseRule.AT_ONCE,
        is_proctored=True,
        credential_title="Guild basics",
        credential_level="Foundation",
        credential_months=24,
    )


def practice_plan() -> ExamPlan:
    """Five questions without a camera, marked at once."""
    return ExamPlan(
        title="Guild basics: practice run",
        instructions="Try how an exam here feels: five questions, ten minutes, nothing counts. No camera is used.",
        duration_seconds=10 * 60,
        sections=(
            Section(
                id="practice",
                title="Practice",
                sources=(
                    Draw(bank_id=DEMO_BANK_ID, count=3, tags=("basics",)),
                    Draw(bank_id=DEMO_BANK_ID, count=2, tags=("reading",)),
                ),
            ),
        ),
    )


def _bank(now_ms: int) -> Bank:
    return Bank(
        id=DEMO_BANK_ID,
        created_at_ms=now_ms,
        updated_at_ms=now_ms,
        organisation_id=PLATFORM,
        name="Guild basics",
        description="What everybody who works through the guild should know. Made by the demo: change it as you like.",
    )


def _item(
    number: int, raw: dict[str, Any], blob_id: str, size_px: tuple[int, int], now_ms: int
) -> tuple[Item, ItemVersion]:
    content = _content(raw["content"], blob_id, size_px)
    item_id = f"itm_demo_{number:02d}"
    version = ItemVersion(
        id=f"{item_id}@1",
        created_at_ms=now_ms,
        updated_at_ms=now_ms,
        item_id=item_id,
        bank_id=DEMO_BANK_ID,
        content=content,
        tags=raw["tags"],
        difficulty=raw["difficulty"],
        published_by=AUTHOR,
    )
    item = Item(
        id=item_id,
        created_at_ms=now_ms,
        updated_at_ms=now_ms,
        bank_id=DEMO_BANK_ID,
        name=raw["name"],
        draft=content,
        tags=raw["tags"],
        difficulty=raw["difficulty"],
        state=PublishingState.PUBLISHED,
        versions=(version.id,),
        is_draft_published=True,
    )
    return item, version


def _content(raw: dict[str, Any], blob_id: str, size_px: tuple[int, int]) -> ItemContent:
    """The content, with the blob of the picture that was made put where it says so."""
    question = raw["question"]
    alt = question.get("prompt", {}).get("picture_alt")
    if alt is not None:
        picture = {"blob_id": blob_id, "alt": alt, "width_px": size_px[0], "height_px": size_px[1]}
        question = {**question, "prompt": {"text": question["prompt"]["text"], "pictures": [picture]}}
    return ItemContent.model_validate({**raw, "question": question})


def _exam_version(exam_id: str, plan: ExamPlan, items: list[Item], now_ms: int) -> ExamVersion:
    matched = match_plan(plan, items)
    if flaws := flaws_of_exam(plan, matched):
        raise ValueError(f"The demo's own exam cannot be published: {flaws[0].path} {flaws[0].sentence}")
    return ExamVersion(
        id=f"{exam_id}@1",
        created_at_ms=now_ms,
        updated_at_ms=now_ms,
        exam_id=exam_id,
        organisation_id=PLATFORM,
        plan=plan,
        pools=tuple(one.as_pool() for one in matched),
        published_by=AUTHOR,
    )


def _exam(exam_id: str, plan: ExamPlan, version_id: str, now_ms: int) -> Exam:
    return Exam(
        id=exam_id,
        created_at_ms=now_ms,
        updated_at_ms=now_ms,
        organisation_id=PLATFORM,
        draft=plan,
        state=PublishingState.PUBLISHED,
        versions=(version_id,),
        is_draft_published=True,
    )


def _delivery(delivery_id: str, exam_id: str, title: str, now_ms: int, *, is_practice: bool) -> Delivery:
    return Delivery(
        id=delivery_id,
        created_at_ms=now_ms,
        updated_at_ms=now_ms,
        exam_version_id=f"{exam_id}@1",
        organisation_id=PLATFORM,
        title=title,
        opens_at_ms=0,
        closes_at_ms=_ALWAYS_MS,
        attempts_allowed=_PRACTICE_ATTEMPTS,
        is_practice=is_practice,
    )


def _invitation(delivery: Delivery, now_ms: int) -> Invitation:
    name, email = DEMO_CANDIDATE
    return Invitation(
        id=f"inv_{delivery.id.removeprefix('dlv_')}",
        created_at_ms=now_ms,
        updated_at_ms=now_ms,
        delivery_id=delivery.id,
        organisation_id=PLATFORM,
        email=email,
        email_key=email_key(email),
        name=name,
    )


async def _add(documents: Documents[Any], document: VersionedDocument) -> None:
    """What is there stays as it is: somebody may have changed it."""
    try:
        await documents.add(document)
    except Duplicate:
        return
