"""Who changed a bank, a question, an exam or a delivery, for those who may write it."""

from guildhall.assessments.messages.histories import ChangesListed
from guildhall.assessments.routes.banks import author
from guildhall.assessments.routes.scope import AUTHOR
from guildhall.assessments.service import AssessmentsService
from guildhall.kit.http import Answer, Call, NoBody, NoQuery, Operation, Route


def _operation(noun: str, path: str, what: str) -> Operation:
    return Operation(
        name=f"list_{noun}_changes",
        method="GET",
        path=f"{path}/changes",
        summary=f"Who changed {what}, what and when, the newest first: from the audit log",
        permission=AUTHOR,
        answers={200: ChangesListed},
        problems=frozenset({"not-found"}),
        tags=("authoring",),
    )


BANK = _operation("bank", "/banks/{bank_id}", "a question bank")
ITEM = _operation("item", "/items/{item_id}", "a question, and corrected its keys")
EXAM = _operation("exam", "/exams/{exam_id}", "an exam")
DELIVERY = _operation("delivery", "/deliveries/{delivery_id}", "a delivery")


def history_routes(service: AssessmentsService) -> tuple[Route, ...]:
    authoring, histories = service.authoring, service.histories

    async def of_bank(call: Call[NoBody, NoQuery]) -> Answer:
        bank = await authoring.banks.read(author(call), call.path["bank_id"])
        return Answer(await histories.of(bank.bank_id))

    async def of_item(call: Call[NoBody, NoQuery]) -> Answer:
        item = await authoring.items.read(author(call), call.path["item_id"])
        return Answer(await histories.of(item.item_id, f"{item.item_id}@"))

    async def of_exam(call: Call[NoBody, NoQuery]) -> Answer:
        exam = await authoring.exams.read(author(call), call.path["exam_id"])
        return Answer(await histories.of(exam.exam_id))

    async def of_delivery(call: Call[NoBody, NoQuery]) -> Answer:
        delivery = await service.deliveries.read(author(call), call.path["delivery_id"])
        return Answer(await histories.of(delivery.delivery_id, f"assessments/{delivery.delivery_id}."))  # its proctors

    return (Route(BANK, of_bank), Route(ITEM, of_item), Route(EXAM, of_exam), Route(DELIVERY, of_delivery))
