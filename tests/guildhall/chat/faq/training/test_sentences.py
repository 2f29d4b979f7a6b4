"""The optional tier: a model that the owner brings finds what is put in other words, and its lack is no harm."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from guildhall.chat.faq.rules.matching import Matcher, NoMatcher, as_bytes, from_bytes
from guildhall.chat.faq.rules.wordpiece import read_vocabulary
from guildhall.chat.faq.training.fitting import count, fit
from guildhall.chat.faq.training.lesson import Lesson, Taught
from guildhall.chat.faq.training.sentences import NoSentenceModel, SentenceModel, open_sentence_model
from tests.guildhall.chat.faq.training.sentence_folder import DIMENSIONS, write_model

TAUGHT = [
    Taught(entry_id="faq_parcel", phrasings=("where is my parcel", "my parcel is late", "parcel not here")),
    Taught(entry_id="faq_refund", phrasings=("i want a refund", "refund please", "how do i get a refund")),
    Taught(entry_id="faq_size", phrasings=("which size fits", "size chart", "what size am i")),
]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> SentenceModel:
    return SentenceModel(write_model(tmp_path_factory.mktemp("model")))


@pytest.fixture(scope="module")
def matcher(model: SentenceModel) -> Matcher:
    stored = from_bytes(as_bytes(fit(count(TAUGHT), model)))
    return replace(stored, embedder=model)


def test_a_sentence_is_a_vector_of_unit_length_and_words_of_one_meaning_are_near(model: SentenceModel) -> None:
    assert model.dimensions == DIMENSIONS
    parcel, package, refund = (model.embed(f"where is the {word}") for word in ("parcel", "package", "refund"))
    assert np.linalg.norm(parcel) == pytest.approx(1, abs=1e-6)
    assert parcel @ package > 0.99
    assert parcel @ refund < 0.5
    assert model.embed("where is the parcel") is parcel  # kept


@pytest.mark.parametrize(
    ("question", "entry_id"),
    [("package", "faq_parcel"), ("reimbursement", "faq_refund"), ("shipment?", "faq_parcel"), ("LARGE", "faq_size")],
)
def test_what_is_put_in_words_that_no_phrasing_has_is_found(matcher: Matcher, question: str, entry_id: str) -> None:
    assert matcher.rank(question)[0].entry_id == entry_id
    assert matcher.alike(question)[0].entry_id == entry_id
    alone = replace(matcher, embedder=None)
    assert question == "LARGE" or not alone.rank(question) or alone.rank(question)[0].probability < 0.6
    assert matcher.is_slow
    assert not alone.is_slow


def test_without_the_model_or_with_another_one_the_terms_alone_answer(matcher: Matcher, tmp_path: Path) -> None:
    folder = write_model(tmp_path)
    (folder / "sentences.json").write_text('{"tokens": 12}')
    other = SentenceModel(folder)
    plain = fit(count(TAUGHT))
    for embedder in (None, other):
        asked = replace(matcher, embedder=embedder)
        assert asked.rank("where is my parcel") == plain.rank("where is my parcel")


def test_what_was_learned_with_another_model_is_learned_anew(model: SentenceModel) -> None:
    lesson = Lesson(taught=tuple(TAUGHT), precision=0.95, kept_in_scope=0.97, outside_share=0.1)
    assert len({lesson.hash, *(lesson.model_copy(update={"embedder": name}).hash for name in ("a", model.name))}) == 3


def test_vectors_that_do_not_fit_are_no_matcher(matcher: Matcher) -> None:
    assert matcher.dense is not None
    with pytest.raises(NoMatcher):
        from_bytes(as_bytes(replace(matcher, dense=replace(matcher.dense, weights=matcher.dense.weights[:, :1]))))


@pytest.mark.parametrize(
    ("name", "body"),
    [("model.tflite", b"no model"), ("vocab.txt", b"[PAD]\n[UNK]"), ("sentences.json", b'{"tokens": 0}')],
)
def test_a_folder_that_holds_no_model_says_why(tmp_path: Path, name: str, body: bytes) -> None:
    with pytest.raises(NoSentenceModel, match="sentence model"):
        SentenceModel(tmp_path)
    (write_model(tmp_path) / name).write_bytes(body)
    with pytest.raises(NoSentenceModel):
        SentenceModel(tmp_path)
    assert open_sentence_model(None) is open_sentence_model("") is None


def test_words_become_the_longest_pieces_that_are_known() -> None:
    vocabulary = [
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        "un",
        "##want",
        "##ed",
        "want",
        "runn",
        "##ing",
        ",",
        "cafe",
        "北",
    ]
    pieces = read_vocabulary(vocabulary, lowers=True)
    encoded = pieces.encode("UNwanted, running  Café 北x want", 64)
    names = [vocabulary[number] for number in encoded]
    assert names == ["[CLS]", "un", "##want", "##ed", ",", "runn", "##ing", "cafe", "北", "[UNK]", "want", "[SEP]"]
    assert pieces.encode("want " * 100, 8) == [2, 7, 7, 7, 7, 7, 7, 3]
    assert pieces.encode("", 8) == [2, 3]
