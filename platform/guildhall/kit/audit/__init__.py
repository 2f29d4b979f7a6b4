"""The audit log: who did what to what, appended only, each entry holding the hash of the one before.

Read in this order: `entry` (what is hashed), `chain` (what is checked), `audit` (what domains call), `command`.
"""

from guildhall.kit.audit.audit import AUDIT_LOG, AUDIT_STREAM, Audit
from guildhall.kit.audit.chain import ChainReport, Fault, Witness
from guildhall.kit.audit.command import report_chain
from guildhall.kit.audit.entry import AuditEntry, Decision

__all__ = [
    "AUDIT_LOG",
    "AUDIT_STREAM",
    "Audit",
    "AuditEntry",
    "ChainReport",
    "Decision",
    "Fault",
    "Witness",
    "report_chain",
]
