"""What of an item a candidate sees: the question, its parts in this form's order. The key is never even asked for.

`SlotShown` holds a `Question`, which has no field for a key, a rationale, a name or a tag.
"""

from guildhall.assessments.messages.sitting import SectionShown, SlotShown
from guildhall.assessments.model.attempts import Slot
from guildhall.assessments.model.exams import ExamPlan
from guildhall.assessments.model.questions import Question
from guildhall.assessments.rules.projecting import in_order


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
