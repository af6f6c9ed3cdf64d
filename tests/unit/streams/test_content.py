from __future__ import annotations

from supervisor.streams.hls.content import Content, Sample, available

GOOD, BLACK, SILENT = Sample(90.0, 4000), Sample(0.0, 4000), Sample(90.0, 0)


def test_a_picture_is_black_only_if_nothing_lights_up() -> None:
    assert Sample(0.0, None).black
    assert not Sample(2.1, None).black
    assert not Sample(None, None).black


def test_sound_is_silent_only_if_it_is_digital_silence() -> None:
    assert Sample(None, 0).silent
    assert not Sample(None, 33).silent  # -60 dB: a quiet hall
    assert not Sample(None, None).silent


def test_black_is_a_complaint_only_once_it_has_persisted() -> None:
    content = Content()
    for at in (0.0, 10.0):
        content = content.after(BLACK, at)
        assert content.complaint(at) == ""
    assert content.after(BLACK, 20.0).complaint(20.0) == "black picture for 20 s"


def test_one_good_segment_begins_the_count_anew() -> None:
    content = Content().after(SILENT, 0.0).after(GOOD, 10.0).after(SILENT, 20.0)
    assert content.complaint(20.0) == ""
    assert content.after(SILENT, 40.0).complaint(40.0) == "digital silence for 20 s"


def test_the_decoder_is_there_for_the_tests() -> None:
    assert available()
