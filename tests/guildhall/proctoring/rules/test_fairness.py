from dataclasses import replace

from guildhall.proctoring.model.admission import DeviceClass
from guildhall.proctoring.rules.fairness import UNKNOWN, Watched, compare

CALM = Watched(
    light=0.5,
    width_px=640,
    device=None,
    glasses=None,
    has_accommodation=False,
    is_flagged=False,
    cannot_see=False,
    is_upheld=False,
)
DARK = replace(CALM, light=0.2)


def test_a_group_that_is_flagged_more_often_is_named_only_where_the_intervals_do_not_meet() -> None:
    few = [CALM] * 3 + [replace(DARK, is_flagged=True)] * 2
    assert compare(few)[0].differs == ()
    many = [CALM] * 60 + [replace(DARK, is_flagged=True, cannot_see=True)] * 40
    (brightness, *_) = compare(many)
    assert brightness.differs == (
        "“Dark: below 25 %” is flagged more often than “Even: 40 to 55 %”",
        "“Dark: below 25 %” is not seen well more often than “Even: 40 to 55 %”",
    )
    assert [(group.name, group.sessions, group.flagged.count) for group in brightness.groups] == [
        ("Dark: below 25 %", 40, 40),
        ("Even: 40 to 55 %", 60, 0),
    ]


def test_what_is_not_known_is_a_group_of_its_own_and_compared_with_nobody() -> None:
    lost = replace(CALM, light=None, width_px=None, is_flagged=True)
    brightness, accommodation, _, camera, glasses = compare([CALM] * 60 + [lost] * 60)
    assert [group.name for group in brightness.groups] == ["Even: 40 to 55 %", UNKNOWN]
    assert (brightness.differs, camera.differs, glasses.differs) == ((), (), ())
    assert accommodation.groups[0].flagged.count == 60
    assert [group.name for group in glasses.groups] == [UNKNOWN]


def test_device_and_glasses_are_what_people_said_of_themselves() -> None:
    phone = replace(CALM, device=DeviceClass.PHONE, glasses=True, is_flagged=True)
    computer = replace(CALM, device=DeviceClass.COMPUTER, glasses=False)
    _, _, device, _, glasses = compare([phone] * 40 + [computer] * 40 + [CALM] * 2)
    assert [(group.name, group.sessions) for group in device.groups] == [
        ("A computer", 40), ("A phone", 40), (UNKNOWN, 2),
    ]  # fmt: skip
    assert device.differs == ("“A phone” is flagged more often than “A computer”",)
    assert [group.name for group in glasses.groups] == ["With glasses", "Without glasses", UNKNOWN]


def test_of_the_flagged_it_is_told_how_many_were_upheld() -> None:
    (brightness, *_) = compare([CALM, replace(CALM, is_flagged=True), replace(CALM, is_flagged=True, is_upheld=True)])
    upheld = brightness.groups[0].upheld
    assert (upheld.count, upheld.of) == (1, 2)
    assert upheld.interval.low < 0.5 < upheld.interval.high
    assert [one.groups for one in compare([])] == [(), (), (), (), ()]
