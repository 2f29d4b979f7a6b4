from guildhall.chat.faq.rules.grouping import grouped


def test_questions_that_are_alike_make_one_group_the_largest_first() -> None:
    texts = [
        "do you ship to Norway",
        "is there a loyalty program",
        "can you ship an order to norway?",
        "shipping to Norway possible",
        "what is the loyalty program",
        "my cat sat on the keyboard",
    ]
    groups = [[texts[place] for place in group.members] for group in grouped(texts)]
    assert groups[0] == [texts[0], texts[2], texts[3]]
    assert groups[1] == [texts[1], texts[4]]
    assert groups[2] == [texts[5]]


def test_every_question_is_in_one_group() -> None:
    texts = [f"question about thing {i % 7}" for i in range(40)] + ["", "?!"]
    places = [place for group in grouped(texts) for place in group.members]
    assert sorted(places) == list(range(42))
