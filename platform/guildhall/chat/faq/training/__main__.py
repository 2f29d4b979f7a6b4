"""One training: a `Lesson` as JSON in, then a line of JSON (`Learned`) and the matcher's bytes out."""

import os
import sys
import threading


def main() -> None:
    # Before numpy: one core is enough, and the process that serves shares this machine.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
    os.nice(10)

    from guildhall.chat.faq.rules.matching import as_bytes
    from guildhall.chat.faq.training.learning import learn
    from guildhall.chat.faq.training.lesson import Lesson
    from guildhall.chat.faq.training.sentences import open_sentence_model

    lesson = Lesson.model_validate_json(sys.stdin.buffer.readline())
    # The other end stays open for as long as whoever asked is alive: an orphan ends itself.
    threading.Thread(target=_end_with_asker, daemon=True).start()
    matcher, learned = learn(lesson, open_sentence_model(lesson.model_folder))
    sys.stdout.buffer.write(learned.model_dump_json().encode() + b"\n" + as_bytes(matcher))
    sys.stdout.buffer.flush()


def _end_with_asker() -> None:
    while os.read(0, 4096):  # not by `sys.stdin`, whose lock an ending interpreter wants
        pass
    os._exit(3)


if __name__ == "__main__":
    main()
