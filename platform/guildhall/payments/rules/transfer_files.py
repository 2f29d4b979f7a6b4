"""A file of transfers as banks read it: ISO 20022 pain.001.001.09, and as a table. The same bytes for ever. Pure."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring  # only written here, never read

from guildhall.kit.money import Money, plain_amount
from guildhall.kit.spreadsheets import as_csv
from guildhall.payments.model.bank_accounts import BankAccount
from guildhall.payments.model.transfers import TransferFile
from guildhall.payments.rules.bank_identifiers import NAME_MAX, bank_letters

NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
_EURO: Final = "EUR"
_MESSAGE_ID: Final = re.compile(r"GUILDHALL-([A-Z]{3}-\d{8,})")


def render_pain(made: TransferFile, accounts: Sequence[BankAccount]) -> bytes:
    """One payment information block, one transfer a payout; each amount and total as decimals of its currency.

    `accounts`: where each transfer goes, opened, in their order.
    """
    at = datetime.fromtimestamp(made.created_at_ms / 1000, UTC)
    count, total = str(len(made.transfers)), _amount(made, made.total_minor)
    message_id = message_id_of(made)
    root = Element("Document", xmlns=NAMESPACE)
    initiation = SubElement(root, "CstmrCdtTrfInitn")
    header = SubElement(initiation, "GrpHdr")
    _say(header, "MsgId", message_id)
    _say(header, "CreDtTm", at.strftime("%Y-%m-%dT%H:%M:%SZ"))
    _say(header, "NbOfTxs", count)
    _say(header, "CtrlSum", total)
    debtor = bank_letters(made.debtor, NAME_MAX)
    _say(SubElement(header, "InitgPty"), "Nm", debtor)
    block = SubElement(initiation, "PmtInf")
    _say(block, "PmtInfId", message_id)
    _say(block, "PmtMtd", "TRF")
    _say(block, "NbOfTxs", count)
    _say(block, "CtrlSum", total)
    if made.currency == _EURO:
        _say(SubElement(SubElement(block, "PmtTpInf"), "SvcLvl"), "Cd", "SEPA")
    _say(SubElement(block, "ReqdExctnDt"), "Dt", at.strftime("%Y-%m-%d"))
    _say(SubElement(block, "Dbtr"), "Nm", debtor)
    _say(SubElement(SubElement(block, "DbtrAcct"), "Id"), "IBAN", made.iban)
    agent = SubElement(SubElement(block, "DbtrAgt"), "FinInstnId")
    if made.bic:
        _say(agent, "BICFI", made.bic)
    else:
        _say(SubElement(agent, "Othr"), "Id", "NOTPROVIDED")
    _say(block, "ChrgBr", "SLEV" if made.currency == _EURO else "SHAR")
    for one, account in zip(made.transfers, accounts, strict=True):
        transfer = SubElement(block, "CdtTrfTxInf")
        ids = SubElement(transfer, "PmtId")
        _say(ids, "InstrId", one.reference)
        _say(ids, "EndToEndId", one.reference)
        amount = SubElement(SubElement(transfer, "Amt"), "InstdAmt", Ccy=made.currency)
        amount.text = _amount(made, one.minor)
        _say(SubElement(transfer, "Cdtr"), "Nm", account.holder)
        _say(SubElement(SubElement(transfer, "CdtrAcct"), "Id"), "IBAN", account.iban)
        _say(SubElement(transfer, "RmtInf"), "Ustrd", f"Payout {one.reference}")
    indent(root)
    body: bytes = tostring(root, encoding="us-ascii", xml_declaration=False)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + body + b"\n"


def transfers_csv(made: TransferFile, accounts: Sequence[BankAccount]) -> bytes:
    """For a bank that takes tables, and for whoever compares."""
    header = ("Reference", "Holder", "IBAN", "Amount", "Currency")
    rows = [
        (one.reference, account.holder, account.iban, _amount(made, one.minor), made.currency)
        for one, account in zip(made.transfers, accounts, strict=True)
    ]
    return as_csv(header, rows)


def message_id_of(made: TransferFile) -> str:
    """At most 35 characters, unique."""
    return f"GUILDHALL-{made.currency}-{made.number:08}"


def file_id_of(message_id: str) -> str:
    """The other way about; empty for what is no message id of ours."""
    found = _MESSAGE_ID.fullmatch(message_id)
    return found.group(1) if found else ""


def _amount(made: TransferFile, minor: int) -> str:
    return plain_amount(Money(minor=minor, currency=made.currency))


def _say(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text
