"""The HTTP pipeline: how every request is treated. Read `mount.py` first, then `operation.py`."""

from guildhall.kit.http.access_log import open_access_log
from guildhall.kit.http.content import Content
from guildhall.kit.http.cursors import CursorSigner, Page, PageQuery, Place, find_after, link_to_next
from guildhall.kit.http.guards import Guards
from guildhall.kit.http.health import Check, Drain, add_health
from guildhall.kit.http.idempotency import IdempotencyStore
from guildhall.kit.http.limiter import Limiter, MemoryLimiter, open_limiter
from guildhall.kit.http.listing import Listing
from guildhall.kit.http.mount import mount_root, mount_v1
from guildhall.kit.http.openapi import ApiInfo, openapi_document
from guildhall.kit.http.operation import PUBLIC, Answer, Call, Cookie, NoBody, NoQuery, Operation, Route
from guildhall.kit.http.preconditions import check_match
from guildhall.kit.http.principal import ANONYMOUS, Principal
from guildhall.kit.http.settings import PipelineSettings
from guildhall.kit.http.telemetry import Telemetry
from guildhall.kit.http.verified_tokens import VerifiedTokens

__all__ = [
    "ANONYMOUS",
    "PUBLIC",
    "Answer",
    "ApiInfo",
    "Call",
    "Check",
    "Content",
    "Cookie",
    "CursorSigner",
    "Drain",
    "Guards",
    "IdempotencyStore",
    "Limiter",
    "Listing",
    "MemoryLimiter",
    "NoBody",
    "NoQuery",
    "Operation",
    "Page",
    "PageQuery",
    "PipelineSettings",
    "Place",
    "Principal",
    "Route",
    "Telemetry",
    "VerifiedTokens",
    "add_health",
    "check_match",
    "find_after",
    "link_to_next",
    "mount_root",
    "mount_v1",
    "open_access_log",
    "open_limiter",
    "openapi_document",
]
