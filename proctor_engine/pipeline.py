"""One frame in, one observation out: what a child does all day."""

import time

from proctor_engine import imaging
from proctor_engine.contract import Face, Observation, Stages
from proctor_engine.detectors.base import DetectedFace, Detector, Picture, Sight
from proctor_engine.detectors.fingerprint import take_prints
from proctor_engine.detectors.screen_pattern import look_for_pattern
from proctor_engine.exchange import Answer, Question
from proctor_engine.seeing import SEEN_BYTES, see, split_memory, what_holds


def examine(question: Question, detector: Detector, max_picture_px: int) -> Answer:
    """Decode a picture, find its faces, measure how well each can be seen.

    Raise `UnreadableFrame` when the bytes are not a picture within the limits. Faces come largest first.
    """
    began_ns, cpu_began_ns = time.perf_counter_ns(), time.process_time_ns()
    picture = imaging.decode_picture(question.jpeg, max_picture_px)
    glimpse = imaging.glimpse_of(picture)
    decoded_ns = time.perf_counter_ns()
    kept, at_ms = question.memory, question.received_at_ms
    own = kept[SEEN_BYTES:] if len(kept) >= SEEN_BYTES else kept
    detected = detector.detect(Sight(picture, glimpse.grey, at_ms, own, glimpse.thumb))
    detected_ns = time.perf_counter_ns()
    faces = [_with_visibility(picture, face) for face in detected.faces]
    if len(faces) > 1:
        faces.sort(key=lambda face: face.width * face.height, reverse=True)
    light, contrast = glimpse.light, glimpse.contrast
    exact_print, rough_print = glimpse.prints or take_prints(glimpse.grey)
    if (holds := what_holds(kept, at_ms, light, faces)) is not None:
        (sharpness, visibility), packed = holds, kept[:SEEN_BYTES]
    else:
        seen = see(split_memory(kept)[0], picture, at_ms, light, faces)
        sharpness, visibility, packed = seen.sharpness, seen.visibility, seen.pack()
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
        screen_pattern=look_for_pattern(picture, exact_print, faces),
        visibility=visibility,
    )
    decode_us, detect_us = (decoded_ns - began_ns) // 1_000, (detected_ns - decoded_ns) // 1_000
    measure_us = max(0, observation.examine_us - decode_us - detect_us)
    cpu_us = (time.process_time_ns() - cpu_began_ns) // 1_000
    stages = Stages(decode_us=decode_us, detect_us=detect_us, measure_us=measure_us, cpu_us=cpu_us)
    return Answer(packed + detected.memory, observation, stages)


def _with_visibility(picture: Picture, one: DetectedFace) -> Face:
    light, sharpness = imaging.look_at_part(picture, one.left, one.top, one.width, one.height)
    return Face(
        *(one.left, one.top, one.width, one.height, one.score),
        *(one.yaw_deg, one.pitch_deg, one.roll_deg, one.gaze_x, one.gaze_y),
        *(one.eye_openness, one.mouth_openness, one.interocular_px, light, sharpness),
        *(one.presence, one.covered, one.inside, one.landmarked, one.shape),
    )
