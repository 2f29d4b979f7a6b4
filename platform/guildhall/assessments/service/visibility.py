"""Finding what an author may see: what the scope does not cover is not found, in the words of what is not there."""

from guildhall.assessments.model.banks import Bank, Item
from guildhall.assessments.model.exams import Delivery, Exam, ExamVersion
from guildhall.assessments.rules.scope import Scope
from guildhall.assessments.store import AssessmentsStore, NoSuch
from guildhall.kit.errors import Refused


class NotYours(Refused):
    """Naming an organisation in which one may not write."""

    def __init__(self) -> None:
        super().__init__("You may not write questions and exams for this organisation; its owners and managers may.")


def check_owner(scope: Scope, organisation_id: str) -> None:
    """Whether something new may belong to the organisation. Raises NotYours."""
    if not scope.covers(organisation_id):
        raise NotYours


async def visible_bank(store: AssessmentsStore, scope: Scope, bank_id: str) -> Bank:
    bank = await store.banks.read(bank_id)
    if not scope.covers(bank.organisation_id):
        raise NoSuch(f"There is no question bank {bank_id}.")
    return bank


async def visible_item(store: AssessmentsStore, scope: Scope, item_id: str) -> Item:
    item = await store.items.read(item_id)
    bank = await store.banks.get(item.bank_id)
    if bank is None or not scope.covers(bank.organisation_id):
        raise NoSuch(f"There is no item {item_id}.")
    return item


async def visible_exam(store: AssessmentsStore, scope: Scope, exam_id: str) -> Exam:
    exam = await store.exams.read(exam_id)
    if not scope.covers(exam.organisation_id):
        raise NoSuch(f"There is no exam {exam_id}.")
    return exam


async def visible_exam_version(store: AssessmentsStore, scope: Scope, version_id: str) -> ExamVersion:
    version = await store.exam_versions.read(version_id)
    if not scope.covers(version.organisation_id):
        raise NoSuch(f"There is no version of an exam {version_id}.")
    return version


async def visible_delivery(store: AssessmentsStore, scope: Scope, delivery_id: str) -> Delivery:
    delivery = await store.deliveries.read(delivery_id)
    if not scope.covers(delivery.organisation_id):
        raise NoSuch(f"There is no delivery {delivery_id}.")
    return delivery
