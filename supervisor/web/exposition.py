"""Prometheus' text format, version 0.0.4, for series whose names are known to be good.

The client library's own writer checks every label's name of every sample; with 200 sessions that is most of a scrape's
time, and the loop's. What this one writes is the same, without the ``_created`` series that Prometheus does not want.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client.utils import floatToGoString

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prometheus_client.metrics_core import Metric
    from prometheus_client.samples import Sample

SUFFIX = {"counter": "_total", "info": "_info"}
KIND = {"info": "gauge", "unknown": "untyped"}


def text(metrics: Iterable[Metric]) -> bytes:
    """Write what a registry collected."""
    return "".join(_lines(metrics)).encode()


def _lines(metrics: Iterable[Metric]) -> Iterator[str]:
    for metric in metrics:
        name = metric.name + SUFFIX.get(metric.type, "")
        about = metric.documentation.replace("\\", r"\\").replace("\n", r"\n")
        yield f"# HELP {name} {about}\n# TYPE {name} {KIND.get(metric.type, metric.type)}\n"
        created = f"{metric.name}_created"
        for sample in metric.samples:
            if sample.name != created:
                yield _line(sample)


def _line(sample: Sample) -> str:
    value = floatToGoString(sample.value)  # type: ignore[no-untyped-call]
    labels = ",".join([f'{name}="{_escaped(is_)}"' for name, is_ in sorted(sample.labels.items())])
    return f"{sample.name}{{{labels}}} {value}\n" if labels else f"{sample.name} {value}\n"


def _escaped(value: str) -> str:
    if "\\" in value or "\n" in value or '"' in value:
        return value.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")
    return value
