"""What Prometheus is told of frames: how many, what became of them, where their time went, and how the engine is.

Engine processes on other machines serve no HTTP: their figures travel with their answers and with the health that they
tell every second, and are shown by the web processes that asked them. Counts and times are those of this web process's
own candidates, so they add up over web processes; `engine_*` gauges are told by every web process alike.
"""

from collections.abc import Callable, Iterator
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from proctor_engine.contract import EngineHealth, Stages

_BUCKETS_SECONDS = (0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 0.512, 1.024, 2.048)
ENGINE_STAGES: Final = {
    "wait": "waited_us",
    "carry": "carried_us",
    "decode": "decode_us",
    "detect": "detect_us",
    "measure": "measure_us",
    "processor": "cpu_us",  # of decode, detect and measure together, without their waits for a core
}


class FrameFigures:
    """The meters of one process's frames."""

    def __init__(self, registry: CollectorRegistry, health: Callable[[], EngineHealth]) -> None:
        verdicts = Counter(
            "proctoring_frames", "Frames that were admitted, by what became of them.", ("verdict",), registry=registry
        )
        seconds = Histogram(
            "proctoring_frame_stage_seconds",
            "Where the time of a judged frame went.",
            ("stage",),
            buckets=_BUCKETS_SECONDS,
            registry=registry,
        )
        self._interval = Gauge(
            "proctoring_frame_interval_seconds", "The interval that pages were told last.", registry=registry
        )
        self._verdicts = {name: verdicts.labels(name) for name in ("judged", "skipped", "unexamined", "unreadable")}
        self._stages = {field: seconds.labels(stage) for stage, field in ENGINE_STAGES.items()}
        self._judging = seconds.labels("judge")
        registry.register(EngineFigures(health))

    def answered(self, verdict: str, interval_ms: int) -> None:
        """A frame has its verdict."""
        self._verdicts[verdict].inc()
        self._interval.set(interval_ms / 1_000)

    def unreadable(self) -> None:
        """A frame was admitted, and turned out to be no picture."""
        self._verdicts["unreadable"].inc()

    def examined(self, stages: Stages) -> None:
        """The engine looked at a frame."""
        for field, series in self._stages.items():
            series.observe(getattr(stages, field) / 1e6)

    def judged(self, seconds: float) -> None:
        """A frame went through the rules, what they decided was stored, and its tile was sent."""
        self._judging.observe(seconds)


class EngineFigures(Collector):
    """The engine's own counts, read when somebody asks."""

    def __init__(self, health: Callable[[], EngineHealth]) -> None:
        self._health = health

    def collect(self) -> Iterator[Metric]:
        """Called by the registry, for `/metrics`."""
        health = self._health()
        yield GaugeMetricFamily("engine_children", "Engine children configured.", health.children)
        yield GaugeMetricFamily("engine_children_ready", "Engine children warm and answering.", health.ready)
        yield CounterMetricFamily("engine_child_restarts", "Engine children started again.", health.restarts)
        yield GaugeMetricFamily("engine_sessions_waiting", "Sessions with a frame in their slot.", health.waiting)
        yield GaugeMetricFamily("engine_frames_in_flight", "Frames given to children.", health.in_flight)
        yield GaugeMetricFamily("engine_sessions", "Sessions of this process that send frames.", health.sessions)
        yield GaugeMetricFamily(
            "engine_service_seconds", "A child's processor time for one frame, smoothed.", health.service_us / 1e6
        )
        yield GaugeMetricFamily(
            "engine_interval_seconds",
            "What every session should leave between two frames for all to be served.",
            health.interval_ms / 1_000,
        )
