"""An exam written straight into the database of a server that is about to start, and doors into it."""

from dataclasses import dataclass

from guildhall.assessments.model.banks import ItemVersion
from guildhall.assessments.model.exams import Delivery, ExamPlan, ExamVersion, Pool
from guildhall.assessments.model.keys import ItemContent
from guildhall.backbone import Backbone
from guildhall.config import Config
from tests.guildhall.assessments.written import section

HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Door:
    attempt_id: str
    account_id: str
    token: str


async def write_exam(backbone: Backbone, questions: int, duration_seconds: int) -> Delivery:
    """Of so many questions that take text, in their order: q1, q2, ..."""
    store, now_ms = backbone.assessments.context.store, backbone.clock.now_ms()
    items = [
        ItemVersion(
            id=f"itm_{number:04d}@1",
            created_at_ms=now_ms,
            item_id=f"itm_{number:04d}",
            bank_id="bnk_1",
            content=ItemContent.model_validate(
                {
                    "question": {"kind": "short_text", "prompt": {"text": f"Question {number}?"}},
                    "key": {"kind": "text", "accepted": ["yes"]},
                }
            ),
            tags=(),
            difficulty=3,
            published_by="usr_author",
        )
        for number in range(questions)
    ]
    for item in items:
        await store.item_versions.add(item)
    version = ExamVersion(
        id="exm_1@1",
        created_at_ms=now_ms,
        exam_id="exm_1",
        organisation_id="",
        plan=ExamPlan(
            title="An exam",
            duration_seconds=duration_seconds,
            sections=(section("s1", shuffles_items=False),),
        ),
        pools=(Pool(section_id="s1", count=questions, version_ids=tuple(item.id for item in items)),),
        published_by="usr_author",
    )
    await store.exam_versions.add(version)
    delivery = Delivery(
        id="dlv_1",
        created_at_ms=now_ms,
        exam_version_id=version.id,
        organisation_id="",
        title="An exam",
        opens_at_ms=now_ms - HOUR_MS,
        closes_at_ms=now_ms + 24 * HOUR_MS,
    )
    await store.deliveries.add(delivery)
    return delivery


async def open_doors(
    config: Config, candidates: int, questions: int = 20, duration_seconds: int = 6 * 3600
) -> list[Door]:
    """A door for each candidate; the server that is started on the same configuration lets them in."""
    backbone = Backbone(config)
    async with backbone.running():
        delivery = await write_exam(backbone, questions, duration_seconds)
        sitting = backbone.assessments.sitting
        doors = []
        for number in range(candidates):
            account_id = f"usr_{number:05d}"
            attempt = await sitting.seat_without_invitation(delivery.id, account_id, f"Candidate {number}")
            doors.append(Door(attempt.id, account_id, sitting.exam_token(attempt, "")))
        return doors
