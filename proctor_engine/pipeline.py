"""One frame in, one observation out: what a child does all day."""

import time
from operator import attrgetter

from proctor_engine import imaging
from proctor_engine.contract import Face, Observation, Stages
from proctor_engine.detectors.base import DetectedFace, Detector, Picture, Sight
from proctor_engine.detectors.fingerprint import take_prints
from proctor_engine.detectors.screen_pattern import look_for_pattern
from proctor_engine.exchange import Answer, Question
from proctor_engine.seeing import SEEN_BYTES, see, split_memory

# In the order of `contract.Face`, in which light and sharpness stand between the two.
DETECTED = attrgetter(
    *("left", "top", "width", "height", "score", "yaw_deg", "pitch_deg", "roll_deg", "gaze_x", "gaze_y"),
    *("eye_openness", "mouth_openness", "interocular_px"),
)
DETECTED_TOO = attrgetter("presence", "covered", "inside", "landmarked", "shape")


def examine(question: Question, detector: Detector, max_picture_px: int) -> Answer:
    """Decode a picture, find its faces, measure how well each can be seen.

    Raise `UnreadableFrame` when the bytes are not a picture within the limits. Faces come largest first.
    """
    began_ns, cpu_began_ns = time.perf_counter_ns(), time.process_time_ns()
    picture = imaging.decode_picture(question.jpeg, max_picture_px)
    glimpse = imaging.glimpse_of(picture)
    decoded_ns = time.perf_counter_ns()
    seen_before, memory = split_memory(question.memory)
    detected = detector.detect(Sight(picture, glimpse.grey, question.received_at_ms, memory, glimpse.thumb))
    detected_ns = time.perf_counter_ns()
    faces = [_with_visibility(picture, face) for face in detected.faces]
    faces.sort(key=lambda face: face.width * face.height, reverse=True)
    light, contrast = glimpse.light, glimpse.contrast
    exact_print, rough_print = glimpse.prints or take_prints(glimpse.grey)
    if seen_before is not None and seen_before.holds(question.received_at_ms, light, faces):
        seen, packed = seen_before, question.memory[:SEEN_BYTES]
    else:
        seen = see(seen_before, picture, question.received_at_ms, light, faces)
        packed = seen.pack()
    height_px, width_px = picture.shape[:2]
    observation = Observation(
        width_px=width_px,
        height_px=height_px,
        light=light,
        contrast=contrast,
        sharpness=seen.sharpness,
        examine_us=(time.perf_counter_ns() - began_ns) // 1_000,
        faces=tuple(faces),
        exact_print=exact_print,
        rough_print=rough_print,
        screen_pattern=look_for_pattern(picture, exact_print, faces),
        visibility=seen.visibility,
    )
    decode_us, detect_us = (decoded_ns - began_ns) // 1_000, (detected_ns - decoded_ns) // 1_000
    measure_us = max(0, observation.examine_us - decode_us - detect_us)
    cpu_us = (time.process_time_ns() - cpu_began_ns) // 1_000
    stages = Stages(decode_us=decode_us, detect_us=detect_us, measure_us=measure_us, cpu_us=cpu_us)
    return Answer(packed + detected.memory, observation, stages)


def _with_visibility(picture: Picture, detected: DetectedFace) -> Face:
    light, sharpness = imaging.look_at_part(picture, detected.left, detected.top, detected.width, detected.height)
    return Face(*(*DETECTED(detected), light, sharpness, *DETECTED_TOO(detected)))
