from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervisor.streams.hls.playlist import LONGEST, RECENT, Master, Media, PlaylistError, Variant, parse

LIVE = """\
#EXTM3U
#EXT-X-VERSION:3
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:41
#EXT-X-DISCONTINUITY-SEQUENCE:3
#EXT-X-PROGRAM-DATE-TIME:2026-09-03T19:00:00.000+02:00
#EXTINF:2.000000,
a.ts
#EXT-X-DISCONTINUITY
#EXTINF:1.960,title, with a comma
b.ts?token=1
"""
LOW_LATENCY = """\
#EXTM3U
#EXT-X-TARGETDURATION:4
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.0
#EXT-X-PART-INF:PART-TARGET=0.33334
#EXT-X-MEDIA-SEQUENCE:266
#EXT-X-SKIP:SKIPPED-SEGMENTS=3
#EXT-X-PART:DURATION=0.33334,URI="a.0.mp4"
#EXTINF:4.0,
a.mp4
#EXT-X-PART:DURATION=0.33334,URI="b.0.mp4",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.5,URI="b.1.mp4"
#EXT-X-PRELOAD-HINT:TYPE=PART,URI="b.2.mp4"
#EXT-X-RENDITION-REPORT:URI="../1M/x.m3u8",LAST-MSN=273,LAST-PART=2
"""
MASTER = """\
#EXTM3U
#EXT-X-STREAM-INF:BANDWIDTH=2560000,CODECS="avc1.4d401f,mp4a.40.2"
high.m3u8
#EXT-X-STREAM-INF:AVERAGE-BANDWIDTH=9,BANDWIDTH=1280000
low.m3u8
"""


def media(text: str) -> Media:
    found = parse(text)
    assert isinstance(found, Media)
    return found


def test_the_edge_is_the_number_of_the_next_segment_and_the_newest_address() -> None:
    found = media(LIVE)
    assert (2.0, 43, "b.ts") == (found.target, found.edge, found.last)
    assert ((2.0, 1.96), 0) == (found.durations, found.parts)


def test_a_token_does_not_count_as_a_new_address_but_is_kept_for_fetching() -> None:
    assert media(LIVE).last == media(LIVE.replace("token=1", "token=2")).last
    assert media(LIVE).newest == "b.ts?token=1"


def test_discontinuities_are_counted_over_the_whole_stream() -> None:
    assert media(LIVE).discontinuities == 4


def test_a_date_is_kept() -> None:
    assert media(LIVE).dated.startswith("2026-09-03T19:00")


def test_an_end_is_an_end() -> None:
    assert not media(LIVE).ended
    assert media(LIVE + "#EXT-X-ENDLIST\n").ended


def test_partial_segments_beyond_the_last_whole_one_are_part_of_the_edge() -> None:
    found = media(LOW_LATENCY)
    assert (266 + 3 + 1, 2) == (found.edge, found.parts)
    assert found.parts_duration == pytest.approx(0.83334)


def test_a_master_gives_its_cheapest_variant() -> None:
    found = parse(MASTER)
    assert isinstance(found, Master)
    assert Variant("low.m3u8", 1280000) == found.cheapest


def test_other_line_ends_and_a_byte_order_mark_are_read() -> None:
    assert media(LIVE) == media("\ufeff" + LIVE.replace("\n", "\r\n"))


@pytest.mark.parametrize("tag", ['#EXT-X-KEY:METHOD=AES-128,URI="k"', "#EXT-X-BYTERANGE:75232@0"])
def test_segments_that_not_everybody_can_decode_are_known_as_such(tag: str) -> None:
    assert media(LIVE).plain
    assert not media(LIVE + tag + "\n").plain
    assert media(LIVE + "#EXT-X-KEY:METHOD=NONE\n").plain


def test_the_header_of_fragmented_mp4_is_found() -> None:
    assert media(LIVE + '#EXT-X-MAP:URI="init.mp4"\n').header == "init.mp4"


@pytest.mark.parametrize(
    "text",
    ["", "\n", "<html>503</html>", "#EXTM3U8", "#EXTM3U", "#EXTM3U\n#EXT-X-TARGETDURATION:0\n", "#EXTM3U\na.ts\n"],
)
def test_what_is_no_playlist_is_refused(text: str) -> None:
    with pytest.raises(PlaylistError):
        parse(text)


def test_a_playlist_without_target_duration_takes_its_longest_segment() -> None:
    assert media("#EXTM3U\n#EXTINF:3.5,\na.ts\n").target == 3.5


def test_what_is_too_long_is_refused_before_it_is_read() -> None:
    with pytest.raises(PlaylistError, match="longer"):
        parse("#EXTM3U\n" + "#" * LONGEST)


def test_of_a_long_window_only_the_newest_segments_are_kept() -> None:
    found = media("#EXTM3U\n#EXT-X-TARGETDURATION:2\n" + "".join(f"#EXTINF:2,\n{n}.ts\n" for n in range(5000)))
    assert (5000, RECENT, "4999.ts") == (found.edge, len(found.addresses), found.last)


def test_absurd_numbers_are_no_error() -> None:
    nonsense = LIVE.replace("SEQUENCE:41", "SEQUENCE:" + "9" * 5000).replace("2.000000", "1e999").replace("1.960", "-1")
    assert media(nonsense).durations == (1.0, 0.0)


_LINES = st.lists(st.sampled_from([*LIVE.splitlines(), *LOW_LATENCY.splitlines(), *MASTER.splitlines()]) | st.text())


@given(st.text() | _LINES.map("\n".join) | _LINES.map(lambda lines: "\n".join(["#EXTM3U", *lines])))
def test_any_text_is_a_playlist_or_a_playlist_error(text: str) -> None:
    try:
        found = parse(text)
    except PlaylistError:
        return
    if isinstance(found, Media):
        assert found.edge >= 0
        assert 0 < found.target
        assert all(duration >= 0 for duration in found.durations)
