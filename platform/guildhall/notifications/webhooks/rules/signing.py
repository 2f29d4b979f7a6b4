"""Secrets and signatures by Standard Webhooks (standardwebhooks.com). Pure.

No secret is stored: each is derived from the house's own, its endpoint and a name of its own, so that whoever reads the
database can sign nothing, and a new name is a new secret.
"""

import hmac
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime

from standardwebhooks import Webhook

from guildhall.notifications.webhooks.model import Endpoint, SigningSecret


def derive_secret(house_secret: str, endpoint_id: str, secret_id: str) -> str:
    """`whsec_` and 32 bytes in base64, as every library of the standard takes it."""
    purpose = f"guildhall webhooks/{endpoint_id}/{secret_id}".encode()
    return f"whsec_{b64encode(hmac.digest(house_secret.encode(), purpose, 'sha256')).decode()}"


def sign(house_secret: str, endpoint: Endpoint, event_id: str, payload: str, at: datetime) -> Mapping[str, str]:
    """The three headers; one signature for each secret that is good at that time (UTC), the newest first."""
    now_ms = int(at.timestamp() * 1000)
    good = [one for one in endpoint.secrets if not one.expires_at_ms or one.expires_at_ms > now_ms]
    signatures = [Webhook(derive_secret(house_secret, endpoint.id, one.id)).sign(event_id, at, payload) for one in good]
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def roll(endpoint: Endpoint, secret_id: str, now_ms: int, overlap_ms: int) -> Endpoint:
    """A new secret; the one before signs beside it for `overlap_ms`, and any older one no more."""
    newest = endpoint.secrets[0].model_copy(update={"expires_at_ms": now_ms + overlap_ms})
    secrets = (SigningSecret(id=secret_id, made_at_ms=now_ms), *([newest] if overlap_ms else []))
    return endpoint.model_copy(update={"secrets": secrets})
