"""`make accuracy-faq`: how often the FAQ's own matcher finds the right entry, on two public sets of questions.

BANKING77 (Casanueva et al. 2020, CC BY 4.0; 77 entries of one business) and CLINC150 (Larson et al. 2019, CC BY 3.0;
150 entries, and questions that none answers). PHRASINGS random training questions are an entry's phrasings; mean over
SEEDS samples. The thresholds of the three bands are set from CLINC150's validation questions, as they would be from an
owner's history, and tried on its test questions. A query is timed whole, as `rules.bands.match` is called, in CPU time
of this thread. The last line on stdout is one JSON object.
"""

import csv
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

from guildhall.chat.faq.model import Bands
from guildhall.chat.faq.rules.bands import Band, Judged, match, thresholds
from guildhall.chat.faq.rules.matching import Matcher, as_bytes, from_bytes
from guildhall.chat.faq.training.fitting import count, fit, leave_entries_out, leave_phrasings_out
from guildhall.chat.faq.training.lesson import Taught

DATA = Path(os.environ.get("FAQ_DATA_FOLDER", Path(__file__).parents[3] / "shared" / "data" / "faq"))
PHRASINGS = int(os.environ.get("PHRASINGS", "10"))
SEEDS = range(3)
PRECISION, KEPT, OUTSIDE_SHARE = 0.95, 0.97, 1000 / 5500
NOWHERE = "oos"
Asked = tuple[str, str]  # a question and the entry that is right for it


@dataclass(frozen=True)
class Sets:
    train: list[Asked]
    test: list[Asked]
    outside: list[Asked]
    history: list[Asked]


def banking() -> Sets:
    def read(name: str) -> list[Asked]:
        with (DATA / "banking77" / name).open(newline="") as file:
            return [(row["text"], row["category"]) for row in csv.DictReader(file)]

    return Sets(read("train.csv"), read("test.csv"), [], [])


def clinc() -> Sets:
    found = json.loads((DATA / "clinc150" / "data_full.json").read_text())
    of = {name: [(str(text), str(label)) for text, label in rows] for name, rows in found.items()}
    return Sets(of["train"], of["test"], of["oos_test"], of["val"] + of["oos_val"] + of["oos_train"])


def sample(train: Sequence[Asked], seed: int) -> list[Taught]:
    """The same samples as the study took."""
    chance = random.Random(seed)
    by: dict[str, list[str]] = {}
    for text, label in train:
        by.setdefault(label, []).append(text)
    return [
        Taught(entry_id=label, phrasings=tuple(chance.sample(by[label], min(PHRASINGS, len(by[label])))))
        for label in sorted(by)
    ]


def trained(sets: Sets, seed: int) -> Matcher:
    """As it comes back from where it is stored."""
    return from_bytes(as_bytes(fit(count(sample(sets.train, seed)))))


def accuracy(matcher: Matcher, asked: Sequence[Asked]) -> tuple[float, float]:
    """How often the right entry is the first, and one of the first three."""
    found = [[one.entry_id for one in matcher.rank(text, 3)] for text, _ in asked]
    first = sum(ids[:1] == [label] for ids, (_, label) in zip(found, asked, strict=True))
    three = sum(label in ids for ids, (_, label) in zip(found, asked, strict=True))
    return first / len(asked), three / len(asked)


def confidence(matcher: Matcher, text: str) -> float:
    best = matcher.rank(text, 1)
    return best[0].probability if best else 0.0


def judged(matcher: Matcher, asked: Sequence[Asked]) -> list[Judged]:
    result = []
    for text, label in asked:
        best = matcher.rank(text, 1)
        if best:
            is_outside = label == NOWHERE
            result.append(Judged(best[0].probability, best[0].entry_id == label, is_outside))
    return result


def band_row(matcher: Matcher, bands: Bands, sets: Sets) -> dict[str, float]:
    """The three bands, over the test questions and those outside."""
    inside = [(match(matcher, bands, text), label) for text, label in sets.test]
    outside = [match(matcher, bands, text) for text, _ in sets.outside]
    answered = [(one.candidates[0].entry_id == label) for one, label in inside if one.band is Band.ANSWER]
    wrongly = sum(one.band is Band.ANSWER for one in outside)
    asked_back = [(one, label) for one, label in inside if one.band is Band.CLARIFY]
    in_choices = sum(label in [c.entry_id for c in one.candidates[:3]] for one, label in asked_back)
    return {
        "answer_at": bands.answer_at,
        "ask_at": bands.ask_at,
        "answered_inside": len(answered) / len(inside),
        "precision": sum(answered) / max(1, len(answered) + wrongly),
        "outside_answered": wrongly / len(outside),
        "asked_back_inside": len(asked_back) / len(inside),
        "right_in_three_choices": in_choices / max(1, len(asked_back)),
        "handed_on_inside": sum(one.band is Band.HAND_ON for one, _ in inside) / len(inside),
        "outside_handed_on": sum(one.band is Band.HAND_ON for one in outside) / len(outside),
    }


def own_bands(sets: Sets, seed: int) -> Bands:
    """From the phrasings alone, as on an owner's first day."""
    counted = count(sample(sets.train, seed))
    tried = [Judged(one.confidence, one.owner == one.found) for one in leave_phrasings_out(counted)]
    tried += [Judged(one.confidence, False, is_outside=True) for one in leave_entries_out(counted)]
    return thresholds(tried, PRECISION, KEPT, OUTSIDE_SHARE)


def query_ms(matcher: Matcher, asked: Sequence[Asked]) -> list[float]:
    bands = Bands(answer_at=0.5, ask_at=0.1, samples=1)
    spent = []
    for text, _ in asked[:2000]:
        began = time.thread_time()
        match(matcher, bands, text)
        spent.append((time.thread_time() - began) * 1000)
    return sorted(spent)


def mean(rows: Sequence[dict[str, float]]) -> dict[str, float]:
    return {name: round(statistics.fmean(row[name] for row in rows), 4) for name in rows[0]}


def main() -> int:
    if not DATA.is_dir():
        print(f"{DATA} is not here: set FAQ_DATA_FOLDER to where banking77/ and clinc150/ are", file=sys.stderr)
        return 1
    result: dict[str, float | dict[str, float]] = {"phrasings": PHRASINGS}
    times: list[float] = []
    for name, sets in (("banking77", banking()), ("clinc", clinc())):
        firsts, threes, aurocs, from_history, from_phrasings = [], [], [], [], []
        for seed in SEEDS:
            matcher = trained(sets, seed)
            first, three = accuracy(matcher, sets.test)
            firsts.append(first * 100)
            threes.append(three * 100)
            if seed == 0:
                times += query_ms(matcher, sets.test)
            if sets.outside:
                inside = [confidence(matcher, text) for text, _ in sets.test]
                outside = [confidence(matcher, text) for text, _ in sets.outside]
                truth = np.r_[np.ones(len(inside)), np.zeros(len(outside))]
                aurocs.append(float(roc_auc_score(truth, np.r_[inside, outside])))
                bands = thresholds(judged(matcher, sets.history), PRECISION, KEPT, OUTSIDE_SHARE)
                from_history.append(band_row(matcher, bands, sets))
                from_phrasings.append(band_row(matcher, own_bands(sets, seed), sets))
        result[f"{name}_acc1"] = round(statistics.fmean(firsts), 2)
        result[f"{name}_acc3"] = round(statistics.fmean(threes), 2)
        if aurocs:
            result[f"{name}_auroc"] = round(statistics.fmean(aurocs), 4)
            for title, rows in (("history", from_history), ("phrasings alone", from_phrasings)):
                print(f"Three bands on CLINC150, thresholds set from the {title}:")
                for key, value in mean(rows).items():
                    print(f"  {key:24} {value:.3f}")
            result["bands"] = mean(from_history)
            result["bands_first_day"] = mean(from_phrasings)
        print(f"{name}: first {result[f'{name}_acc1']} %, among three {result[f'{name}_acc3']} %")
    times.sort()
    result["query_ms_p50"] = round(times[len(times) // 2], 3)
    result["query_ms_p95"] = round(times[int(len(times) * 0.95)], 3)
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
