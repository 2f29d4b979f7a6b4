"""What a bank says of a file that it was given: pain.002, put together of its parts."""

from typing import Final

FILE: Final = "GUILDHALL-EUR-00000001"


def reason(code: str, more: str = "") -> str:
    return f"<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn>{f'<AddtlInf>{more}</AddtlInf>' if more else ''}</StsRsnInf>"


def said_of(reference: str, status: str, why: str = "") -> str:
    return f"<TxInfAndSts><OrgnlEndToEndId>{reference}</OrgnlEndToEndId><TxSts>{status}</TxSts>{why}</TxInfAndSts>\n"


def report(
    group: str = "", *payments: str, block: str = "", of: str = FILE, message: str = "R1", head: str = ""
) -> bytes:
    inside = f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{of}</OrgnlPmtInfId>{block}\n{''.join(payments)}</OrgnlPmtInfAndSts>"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}\n'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>'
        f"<GrpHdr><MsgId>{message}</MsgId></GrpHdr>\n<OrgnlGrpInfAndSts><OrgnlMsgId>{of}</OrgnlMsgId>"
        f"<OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>{group}</OrgnlGrpInfAndSts>\n"
        f"{inside if payments or block else ''}</CstmrPmtStsRpt></Document>"
    ).encode()


def group(status: str, why: str = "") -> str:
    return f"<GrpSts>{status}</GrpSts>{why}"
