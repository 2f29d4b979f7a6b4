"""`python -m guildhall audit` asks whether the log is as it was written."""

from typing import TextIO

from guildhall.kit.audit.audit import Audit
from guildhall.kit.audit.chain import Witness
from guildhall.kit.logs import get_logger

log = get_logger(__name__)


async def report_chain(audit: Audit, out: TextIO, witness: str | None = None) -> int:
    """Check the chain, say what came of it in sentences, and return the exit code: 0 whole, 1 broken, 2 misused."""
    try:
        witnessed = None if witness is None else Witness.read(witness)
    except ValueError as error:
        out.write(f"{error}\n")
        return 2
    report = await audit.check(witness=witnessed)
    if report.fault is not None:
        log.error("audit_chain_broken", number=report.fault.number, kind=report.fault.kind)
        out.write(f"The audit log is broken at entry {report.fault.number}.\n{report.fault.sentence}\n")
        out.write(f"The {report.entries} entries before that are as they were written.\n")
        return 1
    log.info("audit_chain_whole", entries=report.entries, head=str(report.head or ""))
    out.write(f"The audit log is whole: {report.entries} entries, each as it was written.\n")
    if report.head is not None:
        out.write(f"Keep this somewhere else, and hold the next check against it: {report.head}\n")
    return 0
