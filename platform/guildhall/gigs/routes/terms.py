"""Other terms of a contract over HTTP: proposed by one side, answered by the other."""

from typing import Final

from guildhall.gigs.messages import ContractShown, TermsAnswer, TermsAnswered, TermsWanted
from guildhall.gigs.routes.calling import ACTED, TAGS, WORK, caller_of, shown
from guildhall.gigs.rules import amending
from guildhall.gigs.service import GigsService
from guildhall.gigs.service.context import Decide
from guildhall.kit.http import Answer, Call, NoQuery, Operation, Route

_TERMS: Final = "/contracts/{contract_id}/terms"

PROPOSE = Operation(
    name="propose_contract_terms",
    method="POST",
    path=_TERMS,
    summary="Propose other terms; nothing changes before the other side accepts, and nothing that was",
    permission=WORK,
    rate_class="write",
    idempotency="optional",
    body=TermsWanted,
    answers={200: ContractShown},
    problems=ACTED,
    tags=TAGS,
)
ANSWER = Operation(
    name="answer_contract_terms",
    method="POST",
    path=f"{_TERMS}/answers",
    summary="Accept or decline the terms that the other side proposes, or take your own back",
    permission=WORK,
    rate_class="write",
    body=TermsAnswered,
    answers={200: ContractShown},
    problems=ACTED,
    tags=TAGS,
)


def term_routes(service: GigsService) -> tuple[Route, ...]:
    async def propose(call: Call[TermsWanted, NoQuery]) -> Answer:
        body = call.body
        changed = await service.working.decide(
            call.path["contract_id"],
            caller_of(call.principal),
            lambda seen, settings, by: amending.propose_terms(seen, body.terms, body.words, settings, by),
        )
        return await shown(service, call, changed)

    async def answer(call: Call[TermsAnswered, NoQuery]) -> Answer:
        body = call.body
        verbs: dict[TermsAnswer, Decide] = {
            TermsAnswer.ACCEPT: lambda seen, settings, by: amending.accept_terms(seen, body.terms_sha256, settings, by),
            TermsAnswer.DECLINE: lambda seen, settings, by: amending.decline_terms(seen, body.words, settings, by),
            TermsAnswer.WITHDRAW: amending.withdraw_terms,
        }
        changed = await service.working.decide(call.path["contract_id"], caller_of(call.principal), verbs[body.answer])
        return await shown(service, call, changed)

    return (Route(PROPOSE, propose), Route(ANSWER, answer))
