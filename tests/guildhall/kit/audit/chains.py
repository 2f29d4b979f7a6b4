"""Chains as the log would store them, without a database."""

from collections.abc import Mapping
from typing import Any

from guildhall.kit.audit.chain import ChainReport, ChainWalk, Witness
from guildhall.kit.audit.entry import link
from guildhall.kit.streams import Entry

STREAM = "audit"


def event(number: int, details: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return {
        "actor": f"acc_{number}",
        "action": "accounts.sign_in",
        "object_type": "session",
        "object_id": f"ses_{number}",
        "decision": "allowed",
        "details": dict(details or {}),
    }


def appended(chain: list[Entry], body: Mapping[str, Any]) -> list[Entry]:
    before = chain[-1] if chain else None
    number = len(chain) + 1
    linked = link(body, STREAM, f"k{number}", 1000 + number, before)
    return [*chain, Entry(STREAM, number, f"k{number}", 1000 + number, linked)]


def chain_of(*events: Mapping[str, Any]) -> list[Entry]:
    chain: list[Entry] = []
    for body in events:
        chain = appended(chain, body)
    return chain


def walked(chain: list[Entry], witness: Witness | None = None) -> ChainReport:
    walk = ChainWalk(STREAM, witness)
    for entry in chain:
        if not walk.follow(entry):
            break
    return walk.finish()
