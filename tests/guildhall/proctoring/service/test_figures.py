from dataclasses import fields

from prometheus_client import CollectorRegistry

from guildhall.proctoring.service.figures import ENGINE_STAGES, FrameFigures
from proctor_engine.contract import EngineHealth, Stages, Superseded
from tests.guildhall.proctoring.conftest import Hall

IDLE = EngineHealth(children=2, ready=2, restarts=0, waiting=0, in_flight=0)


def value(registry: CollectorRegistry, name: str, **labels: str) -> float | None:
    return registry.get_sample_value(name, labels)


def test_every_stage_of_the_engine_has_its_series_in_seconds() -> None:
    registry = CollectorRegistry()
    figures = FrameFigures(registry, lambda: IDLE)
    figures.examined(Stages(*(1_000 * place for place in range(1, 7))))
    figures.judged(0.007)
    seconds = [
        value(registry, "proctoring_frame_stage_seconds_sum", stage=stage) for stage in [*ENGINE_STAGES, "judge"]
    ]
    assert seconds == [0.001, 0.002, 0.003, 0.004, 0.005, 0.006, 0.007]


def test_no_stage_of_an_observation_is_left_out() -> None:
    assert list(ENGINE_STAGES.values()) == [field.name for field in fields(Stages)]


def test_the_engines_health_is_read_when_it_is_asked_for() -> None:
    registry = CollectorRegistry()
    healths = [EngineHealth(4, 3, 2, 1, 5, sessions=40, service_us=9_000, interval_ms=225), IDLE]
    FrameFigures(registry, lambda: healths[0])
    told = {
        name: value(registry, name)
        for name in ("engine_children", "engine_children_ready", "engine_child_restarts_total", "engine_sessions")
    }
    assert list(told.values()) == [4, 3, 2, 40]
    assert value(registry, "engine_service_seconds") == 0.009
    assert value(registry, "engine_interval_seconds") == 0.225
    healths.pop(0)
    assert value(registry, "engine_children_ready") == 2


async def test_frames_are_counted_by_what_became_of_them(hall: Hall) -> None:
    seat = await hall.seat(await hall.invite())
    hall.engine.interval_ms = 400
    await hall.send(seat)
    await hall.send(seat)
    hall.engine.outcome = Superseded()
    await hall.send(seat)
    assert value(hall.registry, "proctoring_frames_total", verdict="judged") == 2
    assert value(hall.registry, "proctoring_frames_total", verdict="skipped") == 1
    assert value(hall.registry, "proctoring_frame_interval_seconds") == 0.4
    assert value(hall.registry, "proctoring_frame_stage_seconds_count", stage="judge") == 2
