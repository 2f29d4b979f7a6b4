"""Other terms while work goes on: proposed by one side, in force once the other accepts, and never for what was. Pure.

A week that has begun keeps its rate and its cap, a milestone its pay and its revisions, and a clock that runs its end.
"""

from guildhall.gigs.lifecycle import ContractEvent
from guildhall.gigs.model.contracts import Contract, TermsBefore, TermsProposed
from guildhall.gigs.model.terms import TermsAmended, WorkTerms, terms_sha256
from guildhall.gigs.rules.moving import By, audited, move_contract, other_side
from guildhall.gigs.rules.telling import tell
from guildhall.gigs.settings import GigsSettings
from guildhall.kit.errors import Conflict, Invalid
from guildhall.kit.follow_ups import follow


def propose_terms(contract: Contract, amended: TermsAmended, words: str, settings: GigsSettings, by: By) -> Contract:
    """Raises Invalid, MoveRefused."""
    work = _amended(contract.terms.work, amended)
    if work == contract.terms.work:
        raise Invalid("These are the terms as they are.", fields={"terms": "Change something."})
    proposed = TermsProposed(
        by=by.actor,
        by_account_id=by.account_id,
        work=work,
        terms_sha256=terms_sha256(work),
        words=words,
        at_ms=by.at_ms,
    )
    moved = move_contract(contract, ContractEvent.PROPOSE_TERMS, settings, by, words, amendment=proposed)
    text = f"{words}\n\nThey are in force once you accept them; until then everything stays as it is.".strip()
    told = tell(contract, other_side(by.actor), "terms_proposed", "other terms are proposed", text)
    return follow(moved, by.at_ms, told, audited(by, "propose_terms", terms_sha256=proposed.terms_sha256))


def accept_terms(contract: Contract, sha256: str, settings: GigsSettings, by: By) -> Contract:
    """`sha256` names what was read: terms that were taken back and proposed anew meanwhile are others.

    Raises Conflict, MoveRefused.
    """
    proposed = contract.amendment
    if proposed is not None and sha256 != proposed.terms_sha256:
        raise Conflict("Other terms were proposed while you read: look at them again.")
    before = contract.terms
    version = len(contract.terms_before) + 1
    kept = TermsBefore(version=version, work=before.work, terms_sha256=before.terms_sha256, until_ms=by.at_ms)
    if proposed is None:
        return move_contract(contract, ContractEvent.ACCEPT_TERMS, settings, by)  # which says why not
    terms = before.model_copy(update={"work": proposed.work, "terms_sha256": proposed.terms_sha256})
    moved = move_contract(
        contract,
        ContractEvent.ACCEPT_TERMS,
        settings,
        by,
        amendment=None,
        terms=terms,
        terms_before=(*contract.terms_before, kept),
    )
    told = tell(contract, other_side(by.actor), "terms_accepted", "your terms are accepted", "They are in force now.")
    return follow(moved, by.at_ms, told, audited(by, "accept_terms", terms_sha256=proposed.terms_sha256))


def decline_terms(contract: Contract, words: str, settings: GigsSettings, by: By) -> Contract:
    """Raises MoveRefused."""
    moved = move_contract(contract, ContractEvent.DECLINE_TERMS, settings, by, words, amendment=None)
    text = words or "Everything stays as it was agreed on."
    return follow(
        moved, by.at_ms, tell(contract, other_side(by.actor), "terms_declined", "terms stay as they are", text)
    )


def withdraw_terms(contract: Contract, settings: GigsSettings, by: By) -> Contract:
    """Raises MoveRefused."""
    moved = move_contract(contract, ContractEvent.WITHDRAW_TERMS, settings, by, amendment=None)
    text = "Everything stays as it was agreed on."
    return follow(
        moved, by.at_ms, tell(contract, other_side(by.actor), "terms_withdrawn", "terms were taken back", text)
    )


def _amended(work: WorkTerms, amended: TermsAmended) -> WorkTerms:
    """Raises Invalid for what the kind of work does not have."""
    try:
        return WorkTerms.model_validate({**work.model_dump(), **amended.model_dump()})
    except ValueError as error:
        raise Invalid(
            "Hourly work has a rate and a weekly cap, work by milestone neither.", fields={"terms": "cannot be"}
        ) from error
