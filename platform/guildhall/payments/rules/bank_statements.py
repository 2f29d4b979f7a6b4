"""A bank's statement, read: ISO 20022 camt.053 of any version, or a table; all of it, or the line at fault. Pure."""

import csv
import io
import re
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

from guildhall.kit.errors import Invalid
from guildhall.kit.money import DECIMALS, MINOR_MAX
from guildhall.payments.model.transfers import BankLine
from guildhall.payments.rules.bank_identifiers import check_iban
from guildhall.payments.rules.bank_reasons import say_reason
from guildhall.payments.rules.xml_lines import Node, read_xml

LINES_MAX: Final = 5_000
COLUMNS: Final = ("reference", "date", "amount", "currency", "end_to_end", "text", "party")
_CAMT: Final = re.compile(r"urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.\d\d")
_AMOUNT: Final = re.compile(r"(\d{1,13})(?:\.(\d{1,5}))?")


@dataclass(frozen=True, slots=True)
class BankStatement:
    iban: str
    """Empty in a table, which does not say."""
    lines: tuple[BankLine, ...]


def read_statement(body: bytes) -> BankStatement:
    """Raises Invalid, naming the line."""
    start = body.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        raise Invalid("Line 1: the file is empty.")
    iban, lines = _read_camt(read_xml(body)) if start.startswith(b"<") else ("", _read_table(body))
    if len(lines) > LINES_MAX:
        raise Invalid(f"Line {lines[LINES_MAX].line}: a file has at most {LINES_MAX} lines of a statement.")
    seen: dict[str, BankLine] = {}
    for line in lines:
        if (other := seen.setdefault(line.reference, line)) is not line:
            raise Invalid(f"Line {line.line}: the reference {line.reference} stands in line {other.line} already.")
    return BankStatement(iban, tuple(lines))


def _read_camt(root: Node) -> tuple[str, list[BankLine]]:
    if not _CAMT.fullmatch(root.namespace) or root.name != "Document":
        raise Invalid(f"Line {root.line}: this is no camt.053 statement, but {root.namespace or root.name!r:.80}.")
    ibans, lines = set(), []
    for statement in root.all("BkToCstmrStmt/Stmt"):
        iban = statement.said("Acct/Id/IBAN")
        ibans.add(_checked(iban, statement.line))
        for entry in statement.all("Ntry"):
            # Its status is a word in versions 1 to 7 and a code in an element of its own from 8 on.
            if (entry.said("Sts/Cd") or entry.said("Sts")) == "BOOK":
                lines += _read_entry(entry)
    if len(ibans) != 1:
        raise Invalid(f"Line {root.line}: a file is of one account, and this one is of {len(ibans)}.")
    return ibans.pop(), lines


def _read_entry(entry: Node) -> list[BankLine]:
    reference = entry.said("AcctSvcrRef") or entry.said("NtryRef")
    if not reference:
        raise Invalid(f"Line {entry.line}: an entry has no reference of the bank's (AcctSvcrRef or NtryRef).")
    minor, currency = _amount_of(entry)
    parts = entry.all("NtryDtls/TxDtls")
    if len(parts) < 2:  # noqa: PLR2004 - one part is the whole
        return [_line_of(entry, parts[0] if parts else entry, reference, minor, currency)]
    lines = []
    for number, part in enumerate(parts, start=1):
        holder = part if part.first("Amt") else part.first("AmtDtls/TxAmt")
        if holder is None:
            raise Invalid(f"Line {part.line}: one of several parts of an entry has no amount.")
        part_minor, part_currency = _amount_of(holder)
        lines.append(_line_of(entry, part, f"{reference}/{number}", part_minor, part_currency))
    if sum(line.minor for line in lines) != minor or {line.currency for line in lines} != {currency}:
        raise Invalid(f"Line {entry.line}: the parts of entry {reference} do not add up to it.")
    return lines


def _line_of(entry: Node, part: Node, reference: str, minor: int, currency: str) -> BankLine:
    way = part.said("CdtDbtInd") or entry.said("CdtDbtInd")
    if way not in {"CRDT", "DBIT"}:
        raise Invalid(f"Line {entry.line}: an entry is CRDT or DBIT, not {way!r:.20}.")
    party = "Dbtr" if way == "CRDT" else "Cdtr"
    end_to_end = part.said("Refs/EndToEndId")
    texts = [node.text.strip() for node in part.all("RmtInf/Ustrd")]
    texts += [node.text.strip() for node in part.all("RmtInf/Strd/CdtrRefInf/Ref")]
    reason = part.said("RtrInf/Rsn/Cd")
    texts += [f"returned: {say_reason(reason)}"] if reason else []
    texts += [part.said("AddtlTxInf") or entry.said("AddtlNtryInf")]
    return _made(
        entry.line,
        reference=reference,
        at=entry.said("BookgDt/Dt") or entry.said("BookgDt/DtTm"),
        minor=minor,
        currency=currency,
        is_credit=way == "CRDT",
        end_to_end="" if end_to_end == "NOTPROVIDED" else end_to_end,
        words=" ".join(text for text in texts if text)[:1_000],
        party=part.said(f"RltdPties/{party}/Pty/Nm") or part.said(f"RltdPties/{party}/Nm"),
    )


def _read_table(body: bytes) -> list[BankLine]:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body[: error.start].count(b"\n") + 1
        raise Invalid(f"Line {line}: a table is UTF-8, and this is not.") from None
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",") else ",")
    lines: list[BankLine] = []
    try:
        header = [name.strip().lower() for name in next(reader)]
        if missing := [name for name in COLUMNS[:4] if name not in header]:
            raise Invalid(f"Line 1: the columns {', '.join(missing)} are missing. They are: {', '.join(COLUMNS)}.")
        lines += [
            _row(dict(zip(header, row, strict=False)), reader.line_num)
            for row in reader
            if any(cell.strip() for cell in row)
        ]
    except csv.Error as error:
        raise Invalid(f"Line {reader.line_num}: this is no table ({error}).") from None
    return lines


def _row(cells: dict[str, str], line: int) -> BankLine:
    said = {name: cells.get(name, "").strip() for name in COLUMNS}
    amount = said["amount"].lstrip("+-")
    return _made(
        line,
        reference=said["reference"],
        at=said["date"],
        minor=_minor(amount, said["currency"], line),
        currency=said["currency"],
        is_credit=not said["amount"].startswith("-"),
        end_to_end=said["end_to_end"],
        words=said["text"],
        party=said["party"],
    )


def _made(line: int, **said: object) -> BankLine:
    try:
        return BankLine.model_validate({**said, "line": line})
    except ValidationError as error:
        first = error.errors()[0]
        raise Invalid(f"Line {line}: {'.'.join(map(str, first['loc']))}: {first['msg']}.") from None


def _amount_of(holder: Node) -> tuple[int, str]:
    found = holder.first("Amt")
    if found is None:
        raise Invalid(f"Line {holder.line}: there is no amount.")
    currency = found.attributes.get("Ccy", "")
    return _minor(found.text.strip(), currency, found.line), currency


def _minor(text: str, currency: str, line: int) -> int:
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise Invalid(f"Line {line}: {currency!r:.20} is no currency.")
    decimals, found = DECIMALS.get(currency, 2), _AMOUNT.fullmatch(text)
    fraction = ((found.group(2) or "").rstrip("0") if found else "").ljust(decimals, "0")
    if found is None or len(fraction) > decimals:
        raise Invalid(f"Line {line}: {text!r:.40} is no amount in {currency}.")
    minor = int(found.group(1) + fraction)
    if not 0 < minor <= MINOR_MAX:
        raise Invalid(f"Line {line}: {text!r:.40} is too much or nothing.")
    return minor


def _checked(iban: str, line: int) -> str:
    try:
        return check_iban(iban)
    except Invalid as error:
        raise Invalid(f"Line {line}: {error.detail}") from None
