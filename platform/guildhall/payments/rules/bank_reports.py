"""A bank's report on a file of ours, read: ISO 20022 pain.002 of any version; all of it, or the line at fault. Pure."""

import re
from collections.abc import Mapping
from typing import Final, TypeVar

from pydantic import ValidationError

from guildhall.kit.errors import Invalid
from guildhall.payments.model.reports import BankReport, ReportedPayment, Verdict
from guildhall.payments.model.transfers import BATCH_MAX
from guildhall.payments.rules.bank_reasons import say_reason
from guildhall.payments.rules.xml_lines import Node, read_xml

_PAIN: Final = re.compile(r"urn:iso:std:iso:20022:tech:xsd:pain\.002\.001\.\d\d")
_VERDICTS: Final = {
    **dict.fromkeys(("ACCP", "ACCC", "ACFC", "ACSC", "ACSP", "ACTC", "ACWC", "ACWP"), Verdict.ACCEPTED),
    **dict.fromkeys(("RCVD", "PDNG", "PATC", "BLCK"), Verdict.PENDING),
    **dict.fromkeys(("RJCT", "CANC"), Verdict.REJECTED),
    "PART": Verdict.PARTIALLY,
}
"""ISO 20022, ExternalPaymentGroupStatus1Code and ExternalPaymentTransactionStatus1Code."""

M = TypeVar("M", BankReport, ReportedPayment)


def is_report(body: bytes) -> bool:
    """Whether this is meant to be one, rather than a statement."""
    return b"iso:20022:tech:xsd:pain.002." in body[:2_000]


def read_report(body: bytes) -> BankReport:
    """Raises Invalid, naming the line."""
    root = read_xml(body)
    if not _PAIN.fullmatch(root.namespace) or root.name != "Document":
        raise Invalid(f"Line {root.line}: this is no pain.002 report, but {root.namespace or root.name!r:.80}.")
    report = root.first("CstmrPmtStsRpt")
    group = None if report is None else report.first("OrgnlGrpInfAndSts")
    if report is None or group is None:
        raise Invalid(f"Line {root.line}: the report does not say of which file it is (OrgnlGrpInfAndSts).")
    original = group.said("OrgnlMsgId")
    blocks = report.all("OrgnlPmtInfAndSts")
    payments = [_payment_of(one) for block in blocks for one in block.all("TxInfAndSts")]
    if len(payments) > BATCH_MAX:
        raise Invalid(f"Line {group.line}: a file has at most {BATCH_MAX} payments, and this report names more.")
    references = [one.reference for one in payments]
    if twice := next((one for one in references if references.count(one) > 1), ""):
        raise Invalid(f"Line {group.line}: the payment {twice} stands in it twice.")
    verdict, words = _verdict_of_file(group, blocks, original, payments)
    said = {
        "message": report.said("GrpHdr/MsgId"),
        "original": original,
        "verdict": verdict,
        "words": words,
        "payments": tuple(payments),
    }
    return _made(BankReport, group.line, said)


def _verdict_of_file(
    group: Node, blocks: list[Node], original: str, payments: list[ReportedPayment]
) -> tuple[Verdict, str]:
    """As the group says; else as our one block does (it has the file's name); else what the payments come to."""
    for node, code in [(group, group.said("GrpSts")), *((block, block.said("PmtInfSts")) for block in blocks)]:
        is_ours = node is group or node.said("OrgnlPmtInfId") == original
        if code and is_ours:
            return _verdict(code, node.line), _words_of(node)
    if not payments:
        raise Invalid(f"Line {group.line}: the report says nothing of the file, nor of any payment in it.")
    is_any_rejected = any(one.verdict is Verdict.REJECTED for one in payments)
    return (Verdict.PARTIALLY if is_any_rejected else Verdict.ACCEPTED), ""


def _payment_of(node: Node) -> ReportedPayment:
    verdict = _verdict(node.said("TxSts"), node.line)
    if verdict is Verdict.PARTIALLY:
        raise Invalid(f"Line {node.line}: one payment is not taken partially (PART).")
    reference = (node.said("OrgnlEndToEndId") or node.said("OrgnlInstrId")).upper()
    return _made(ReportedPayment, node.line, {"reference": reference, "verdict": verdict, "words": _words_of(node)})


def _verdict(code: str, line: int) -> Verdict:
    found = _VERDICTS.get(code)
    if found is None:
        raise Invalid(f"Line {line}: {code!r:.20} is no status that ISO 20022 knows.")
    return found


def _words_of(node: Node) -> str:
    """Each reason by its code and in words, then what the bank adds."""
    said = []
    for reason in node.all("StsRsnInf"):
        code = reason.said("Rsn/Cd") or reason.said("Rsn/Prtry")
        said += [say_reason(code)] if code else []
        said += [more.text.strip() for more in reason.all("AddtlInf") if more.text.strip()]
    return "; ".join(said)[:500]


def _made(model: type[M], line: int, said: Mapping[str, object]) -> M:
    try:
        return model.model_validate(said)
    except ValidationError as error:
        first = error.errors()[0]
        raise Invalid(f"Line {line}: {'.'.join(map(str, first['loc']))}: {first['msg']}.") from None
