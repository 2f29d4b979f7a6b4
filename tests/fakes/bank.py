"""A bank: it executes each file once, takes what people pay in, takes fees, and says all of that on its statements.

What it has is on disk, so that several processes bank with it and none takes anything along when it is killed. What
becomes of a transfer is decided by its amount alone (`Fate`), so that the same story ends the same way again.
"""

import contextlib
import csv
import io
import json
import os
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import fromstring
from xml.sax.saxutils import escape

from guildhall.payments.rules.bank_statements import COLUMNS
from guildhall.payments.rules.transfer_files import NAMESPACE

HOUSE_IBAN: Final = "DE89370400440532013000"
AGENT_IBANS: Final = ("GB82WEST12345698765432", "FR1420041010050500013M02606")
"""The examples of ISO 13616."""
_AT: Final = f"{{{NAMESPACE}}}"
_DAY: Final = "2026-11-02"


class Fate(IntEnum):
    """The last figure of a transfer's amount; any other one is executed and that is all."""

    NEVER_EXECUTED = 0
    NO_REFERENCE = 1
    """Executed, and the statement says so in its words alone."""
    RETURNED = 2
    RETURNED_NO_REFERENCE = 3


@dataclass(frozen=True, slots=True)
class Said:
    """A line of a statement. `minor` is below zero for money that left."""

    reference: str
    minor: int
    end_to_end: str = ""
    words: str = ""
    returned: str = ""


class ExecutedTwice(Exception):
    """One name of a file, and two contents; or one transfer in two files."""


class Bank:
    def __init__(self, folder: Path) -> None:
        self._files, self._book = folder / "executed", folder / "book"
        self._files.mkdir(parents=True, exist_ok=True)

    def execute(self, body: bytes) -> None:
        """Once for each message id. Raises ExecutedTwice for another file of that id."""
        message_id = fromstring(body).findtext(f".//{_AT}MsgId")
        fresh, kept = self._files / f"{uuid.uuid4().hex}.new", self._files / f"{message_id}.xml"
        fresh.write_bytes(body)
        with contextlib.suppress(FileExistsError):
            os.link(fresh, kept)  # whole or not at all
        fresh.unlink()
        if kept.read_bytes() != body:
            raise ExecutedTwice(message_id)

    def book(self, minor: int, words: str) -> None:
        """Somebody's deposit, or below zero what the bank takes."""
        opened = os.open(self._book, os.O_CREAT | os.O_APPEND | os.O_WRONLY)
        os.write(opened, f"{json.dumps([minor, words])}\n".encode())
        os.close(opened)

    def lines(self) -> list[Said]:
        """All that it has to say, in no order that means anything. Raises ExecutedTwice."""
        booked = self._book.read_text().splitlines() if self._book.exists() else []
        said = [
            Said(f"B-{number}", minor, words=words) for number, (minor, words) in enumerate(map(json.loads, booked))
        ]
        executed = [line for kept in sorted(self._files.glob("*.xml")) for line in _executed(kept.read_bytes())]
        if len({line.reference for line in executed}) != len(executed):
            raise ExecutedTwice("A transfer stands in two files.")
        return said + executed

    def balance_minor(self) -> int:
        return sum(line.minor for line in self.lines())


def _executed(body: bytes) -> list[Said]:
    lines: list[Said] = []
    for one in fromstring(body).iter(f"{_AT}CdtTrfTxInf"):
        reference = one.findtext(f".//{_AT}EndToEndId") or ""
        euros, _, cents = (one.findtext(f".//{_AT}InstdAmt") or "").partition(".")
        minor, words = int(euros + cents.ljust(2, "0")), f"Payout {reference}"
        fate = minor % 10
        if fate == Fate.NEVER_EXECUTED:
            continue
        stands = "" if fate == Fate.NO_REFERENCE else reference
        lines.append(Said(f"X-{reference}", -minor, stands, words))
        if fate in {Fate.RETURNED, Fate.RETURNED_NO_REFERENCE}:
            stands = reference if fate == Fate.RETURNED else ""
            lines.append(Said(f"R-{reference}", minor, stands, words, returned="AC04"))
    return lines


def statement(lines: Iterable[Said], *, as_table: bool = False) -> bytes:
    """camt.053, or a table."""
    return _table(lines) if as_table else _camt(lines)


def _camt(lines: Iterable[Said]) -> bytes:
    entries = "\n".join(
        f'<Ntry><Amt Ccy="EUR">{_amount(one)}</Amt><CdtDbtInd>{"CRDT" if one.minor > 0 else "DBIT"}</CdtDbtInd>'
        f"<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{_DAY}</Dt></BookgDt><AcctSvcrRef>{one.reference}</AcctSvcrRef>"
        f"<NtryDtls><TxDtls><Refs><EndToEndId>{one.end_to_end or 'NOTPROVIDED'}</EndToEndId></Refs>"
        f"<RmtInf><Ustrd>{escape(one.words)}</Ustrd></RmtInf>"
        + (f"<RtrInf><Rsn><Cd>{one.returned}</Cd></Rsn></RtrInf>" if one.returned else "")
        + "</TxDtls></NtryDtls></Ntry>"
        for one in lines
    )
    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>'
        f"<Acct><Id><IBAN>{HOUSE_IBAN}</IBAN></Id></Acct>\n{entries}\n</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def _table(lines: Iterable[Said]) -> bytes:
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(COLUMNS)
    for one in lines:
        sign = "-" if one.minor < 0 else ""
        writer.writerow([one.reference, _DAY, sign + _amount(one), "EUR", one.end_to_end, one.words, ""])
    return table.getvalue().encode()


def _amount(one: Said) -> str:
    return f"{abs(one.minor) // 100}.{abs(one.minor) % 100:02}"
