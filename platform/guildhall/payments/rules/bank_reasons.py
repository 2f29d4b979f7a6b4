"""Why a bank rejects or returns a payment, in plain words. Pure.

ISO 20022, external code sets: ExternalStatusReason1Code and ExternalReturnReason1Code.
"""

from typing import Final

_REASONS: Final = {
    "AC01": "the account number is wrong",
    "AC02": "the house's account number is not valid",
    "AC03": "the account number of whoever is paid is not valid",
    "AC04": "the account is closed",
    "AC05": "the house's account is closed",
    "AC06": "the account is blocked",
    "AC07": "the account of whoever is paid is closed",
    "AC13": "the house's account is of a kind that cannot pay this",
    "AC14": "the account is of a kind that cannot be paid like this",
    "AG01": "payments like this are not allowed on this account",
    "AG02": "the bank does not know this kind of payment",
    "AGNT": "the bank named in it is the wrong one",
    "AM01": "the amount is nothing",
    "AM02": "the amount is more than is allowed",
    "AM03": "this currency is not allowed here",
    "AM04": "the house's account has not enough money",
    "AM05": "it was sent already",
    "AM09": "the amount is not the one that was agreed",
    "AM10": "the total of the file is wrong",
    "BE01": "the name does not fit the account",
    "BE04": "the address of whoever is paid is missing",
    "BE05": "the bank does not know who sent the file",
    "BE06": "the bank does not know whoever is paid",
    "CNOR": "the bank of whoever is paid takes no such payments",
    "CURR": "the currency is wrong",
    "CUST": "its customer asked for it",
    "DNOR": "the house's bank takes no such payments",
    "DS02": "the order was not signed, or by somebody who may not",
    "DT01": "the day is not valid",
    "DUPL": "it was sent already",
    "ED05": "the settlement failed",
    "FF01": "the form of the file is not valid",
    "FOCR": "it was called back",
    "MD07": "whoever is paid has died",
    "MS02": "the customer gives no reason",
    "MS03": "the bank gives no reason",
    "NARR": "the bank says why in words",
    "RC01": "the bank's code is wrong",
    "RC04": "the code of the bank of whoever is paid is not valid",
    "RF01": "its reference was used before",
    "RR01": "the law asks for the payer's account, and it is missing",
    "RR02": "the law asks for the payer's name or address, and it is missing",
    "RR03": "the law asks for the name or address of whoever is paid, and it is missing",
    "RR04": "the law does not allow it",
    "TM01": "it came too late in the day",
}


def say_reason(code: str) -> str:
    """`AC04: the account is closed`; of a code that is not in the list, or a bank's own, the code alone."""
    words = _REASONS.get(code)
    return f"{code}: {words}" if words else code
