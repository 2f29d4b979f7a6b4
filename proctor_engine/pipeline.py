"""One frame in, one observation out: what a child does all day."""

import time
from dataclasses import fields

from proctor_engine import imaging
from proctor_engine.contract import Face, Observation, Stages
from proctor_engine.detectors.base import DetectedFace, Detector, Grey, Sight
from proctor_engine.detectors.fingerprint import take_prints
from proctor_engine.detectors.screen_pattern import look_for_pattern
from proctor_engine.exchange import Answer, Question
from proctor_engine.visibility import visibility_of

DETECTED = tuple(field.name for field in fields(DetectedFace))  # asdict would copy every number deeply


def examine(question: Question, detector: Detector, max_picture_px: int) -> Answer:
    """Decode a picture, find its faces, measure how well each can be seen.

    Raise `UnreadableFrame` when the bytes are not a picture within the limits. Faces come largest first.
    """
    began_ns, cpu_began_ns = time.perf_counter_ns(), time.process_time_ns()
    picture = imaging.decode_picture(question.jpeg, max_picture_px)
    grey = imaging.shrink_to_grey(picture, imaging.MEASURED_WIDTH_PX)
    decoded_ns = time.perf_counter_ns()
    detected = detector.detect(Sight(picture, grey, question.received_at_ms, question.memory))
    detected_ns = time.perf_counter_ns()
    faces = [_with_visibility(grey, face) for face in detected.faces]
    faces.sort(key=lambda face: face.width * face.height, reverse=True)
    light, contrast = imaging.light_and_contrast_of(grey)
    edges = imaging.edges_of(grey)
    exact_print, rough_print = take_prints(grey)
    screen_pattern = look_for_pattern(picture, exact_print, faces)
    visibility = visibility_of(picture, grey, edges)
    sharpness = imaging.sharpness_of(edges)
    height_px, width_px = picture.shape[:2]
    observation = Observation(
        width_px=width_px,
        height_px=height_px,
        light=light,
        contrast=contrast,
        sharpness=sharpness,
        examine_us=(time.perf_counter_ns() - began_ns) // 1_000,
        faces=tuple(faces),
        exact_print=exact_print,
        rough_print=rough_print,
        screen_pattern=screen_pattern,
        visibility=visibility,
    )
    decode_us, detect_us = (decoded_ns - began_ns) // 1_000, (detected_ns - decoded_ns) // 1_000
    measure_us = max(0, observation.examine_us - decode_us - detect_us)
    cpu_us = (time.process_time_ns() - cpu_began_ns) // 1_000
    stages = Stages(decode_us=decode_us, detect_us=detect_us, measure_us=measure_us, cpu_us=cpu_us)
    return Answer(detected.memory, observation, stages)


def _with_visibility(grey: Grey, detected: DetectedFace) -> Face:
    cut = imaging.cut_out(grey, detected.left, detected.top, detected.width, detected.height)
    face = imaging.shrink(cut, imaging.MEASURED_FACE_PX)
    light, _ = imaging.light_and_contrast_of(face)
    measured = {name: getattr(detected, name) for name in DETECTED}
    return Face(**measured, light=light, sharpness=imaging.sharpness_of(imaging.edges_of(face)))
