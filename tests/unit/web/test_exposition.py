"""What is written is what the client library would write, and the library reads it."""

from __future__ import annotations

from math import inf, nan

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from supervisor.web.exposition import text

NUMBERS = st.one_of(st.floats(), st.sampled_from([0.0, -0.0, 1.0, 1e6, 1_788_454_800.0, inf, -inf, nan]))


def written_by_the_library(registry: CollectorRegistry) -> list[str]:
    """Its lines, without those of the `_created` series."""
    lines = generate_latest(registry).decode().split("\n")
    return [line for line in lines if "_created" not in line]


@given(NUMBERS, st.text(max_size=20))
def test_it_is_the_librarys_text_whatever_value_and_label(value: float, label: str) -> None:
    registry = CollectorRegistry()
    Gauge("gauge", 'a "quoted" \\ text\nof two lines', ("b", "a"), registry=registry).labels(label, "x").set(value)
    Counter("counter", "c", ("a",), registry=registry).labels(label).inc(3)
    Histogram("histogram", "h", buckets=(0.1, 1.0), registry=registry).observe(0.5)
    Info("info", "i", registry=registry).info({"version": label})
    shown = text(registry.collect()).decode()
    assert written_by_the_library(registry) == shown.split("\n")


def test_a_label_that_wants_to_be_a_line_is_read_back_as_it_was() -> None:
    wicked = 'b"} 1\nup 0\\'
    registry = CollectorRegistry()
    Gauge("gauge", "g", ("booking",), registry=registry).labels(wicked).set(2)
    (family,) = text_string_to_metric_families(text(registry.collect()).decode())
    assert [(wicked, 2.0)] == [(sample.labels["booking"], sample.value) for sample in family.samples]
