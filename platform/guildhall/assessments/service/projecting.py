"""What of an item a candidate sees: the question, its parts in this form's order. The key is never even asked for.

`SlotShown` holds a `Question`, which has no field for a key, a rationale, a name or a tag.
"""

from collections.abc import Collection
from collections.abc import Set as AbstractSet

from guildhall.assessments.messages.sitting import SectionSat, SectionShown, SlotShown
from guildhall.assessments.model.attempts import SectionStanding, Slot
from guildhall.assessments.model.exams import ExamPlan
from guildhall.assessments.model.questions import Question
from guildhall.assessments.rules.projecting import in_order
from guildhall.assessments.rules.sections import Sections


def show_slot(slot: Slot, question: Question) -> SlotShown:
    """One place of a form, as its candidate sees it. Used by the exam, and by an author's preview."""
    return SlotShown(
        id=slot.id,
        section_id=slot.section_id,
        question=in_order(question, slot.order),
        centipoints=slot.centipoints,
        penalty_centipoints=slot.penalty_centipoints,
    )


def show_sections(plan: ExamPlan) -> tuple[SectionShown, ...]:
    return tuple(
        SectionShown(id=section.id, title=section.title, instructions=section.instructions) for section in plan.sections
    )


def show_sections_sat(
    plan: ExamPlan, sections: Sections, left: AbstractSet[str], answered: Collection[str]
) -> tuple[SectionSat, ...]:
    """Those that this form has questions of; `answered` are slots. What a section tells is told while it is open."""
    in_section = {id_: [slot for slot, of in sections.of_slot.items() if of == id_] for id_ in sections.order}
    shown = []
    for section in show_sections(plan):
        if section.id not in in_section:
            continue
        standing = sections.standing(section.id, left)
        shown.append(
            SectionSat(
                id=section.id,
                title=section.title,
                instructions=section.instructions if standing is SectionStanding.OPEN else "",
                standing=standing,
                questions=len(in_section[section.id]),
                answered=sum(slot in answered for slot in in_section[section.id]),
            )
        )
    return tuple(shown)
