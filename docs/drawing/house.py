"""A house that nobody opens: its tables are drawn, not its data."""

from guildhall.app import all_routes
from guildhall.backbone import Backbone
from guildhall.config import Config
from guildhall.kit.http import Operation
from guildhall.kit.tokens import TokenSigner
from guildhall.proctoring.service import ProctoringService
from proctor_engine.client import open_engine


def a_config() -> Config:
    """Nothing is opened with it: the pages draw tables, not data."""
    return Config.model_validate({"security": {"token_secret": "no secret at all, only long enough to be one"}})


def operations() -> list[Operation]:
    """Every operation below /v1, in the order it is mounted."""
    config = a_config()
    backbone = Backbone(config)
    engine = open_engine(config.engine)
    service = ProctoringService(
        backbone.proctoring, backbone.bus, engine, backbone.clock, config.proctoring, secret=backbone.secret
    )
    tokens = TokenSigner(backbone.secret, backbone.clock)
    return [route.operation for route in all_routes(backbone, service, tokens, config)]
