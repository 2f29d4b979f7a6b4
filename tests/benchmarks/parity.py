"""`make parity-engine`: the engine's landmarks beside FaceMesh's on every clip, with up to four faces.

At the same track state iris and eye landmarks differ by at most 0.1 px on average and the others by 0.3 px (without
the lips, which FaceMesh looks at a second time and the engine does not), and a face is lost by both or by neither.
Clips as they are, tiled to two, three and four faces, sliding in and out, hidden now and then, and one before another.
The last line on stdout is one JSON object.
"""

import argparse
import json
import sys
from collections.abc import Iterator

import cv2

from proctor_engine.detectors.attention_mesh import AttentionMesh
from proctor_engine.detectors.box_detector import FULL, SHORT, BoxDetector
from proctor_engine.detectors.confirming import Models
from proctor_engine.detectors.model_files import load_parts
from tests.proctor_engine.films import CLIPS, whole_clip
from tests.proctor_engine.parity import Film, compare, heads_of, hide, meet, pass_through, tile

LIMITS = {"iris_px": 0.1, "eye_px": 0.1, "other_px": 0.3}


def films(frames: int, detector: BoxDetector) -> Iterator[tuple[str, Film]]:
    clips = {name: whole_clip(name) for name in CLIPS}
    one, turning, pair, room = (clips[name] for name in CLIPS)
    heads = [head for clip in (one, turning, pair) for head in heads_of(clip, detector)]
    for name, clip in clips.items():
        yield name, iter((clip * 10)[:frames])
    for count in range(2, len(heads) + 1):
        yield f"{count} faces", tile([*heads, heads[0]][: count + count % 2], 2, frames)
    for name, clip in (("one_face", one), ("head_turn", turning), ("two_faces", pair)):
        yield f"{name} enters and leaves", pass_through(clip, room[0], frames)
        yield f"{name} is hidden at times", hide(clip, frames, 8)
    yield "head_turn crosses one_face", meet(one, turning, frames)
    yield "one_face crosses two_faces", meet(pair, one, frames)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=180, help="of each film")
    chosen = parser.parse_args()
    cv2.setNumThreads(1)
    models = Models(BoxDetector(SHORT), BoxDetector(FULL), AttentionMesh(load_parts()))
    table = {}
    for name, film in films(chosen.frames, models.short_range):
        table[name] = compare(models, film).figures()
        print(f"{name:52}", json.dumps(table[name]), flush=True)
    beyond = [name for name, row in table.items() if any(row[figure] > limit for figure, limit in LIMITS.items())]
    apart = [name for name, row in table.items() if row["lost_by_one"]]
    print(json.dumps({"films": table, "limits": LIMITS, "beyond_limits": beyond, "lost_by_one_of_them": apart}))
    sys.exit(bool(beyond))


if __name__ == "__main__":
    main()
