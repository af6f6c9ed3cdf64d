"""Prometheus' Alertmanager, by its API v2, so that its silences, inhibitions and on-call tools apply.

Alertmanager wants to hear of an alert again and again while it fires, and takes it for resolved after ``endsAt``. So
each telling promises `GRACE` seconds, and is repeated every `REPEAT`. A supervisor that dies leaves its alerts to end
there; what watches the supervisor itself is the ``up`` of its metrics.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from supervisor.channels.http import Http, target_of
from supervisor.domain.news import Kind, timestamp
from supervisor.ports import Sender

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from supervisor.domain.records import Json, Outgoing
    from supervisor.settings.model import Alerts, Receiver

PATH = "/api/v2/alerts"
REPEAT = 60.0
GRACE = 240.0
_LABELS = ("monitor", "booking", "severity", "room")
_ANNOTATIONS = ("summary", "reason", "incident")


class AlertmanagerSender(Sender):
    """One Alertmanager. ``url`` is its address without the API's path."""

    channel = "alertmanager"
    kinds = frozenset({Kind.FIRING, Kind.RESOLVED})
    repeat = REPEAT

    def __init__(self, url: str, now: Callable[[], float]) -> None:
        self.target = target_of(url)
        self._http = Http(url.rstrip("/") + PATH, now)
        self._now = now
        self._firing: dict[tuple[Json, ...], dict[str, Json]] = {}

    async def send(self, message: Outgoing) -> None:
        """Tell it that an alert fires or is resolved."""
        payload = dict(message.payload)
        subject = _subject(payload)
        before = self._firing.get(subject)
        if message.kind == Kind.FIRING:
            # Another severity is another alert there: the one of before has to end, or both would fire.
            changed = before is not None and before.get("severity") != payload.get("severity")
            ended = [self._alert(before, resolved=True)] if before is not None and changed else []
            await self._post([*ended, self._alert(payload, resolved=False)])
            self._firing[subject] = payload
        else:
            await self._post([self._alert({**payload, "severity": (before or payload).get("severity")}, resolved=True)])
            self._firing.pop(subject, None)

    async def again(self) -> None:
        """Tell it of all that fires."""
        if self._firing:
            await self._post([self._alert(payload, resolved=False) for payload in self._firing.values()])

    def restore(self, payloads: Iterable[dict[str, Json]]) -> None:
        """Go on with what fired when the last process ended; each as `supervisor.domain.news.News.payload`."""
        self._firing |= {_subject(payload): payload for payload in payloads}

    async def close(self) -> None:
        """Close the connection."""
        await self._http.close()

    async def _post(self, alerts: list[dict[str, Json]]) -> None:
        await self._http.post(json.dumps(alerts, ensure_ascii=False).encode(), {})

    def _alert(self, payload: dict[str, Json], *, resolved: bool) -> dict[str, Json]:
        now = self._now()
        ends = (payload.get("ends_at") or timestamp(now)) if resolved else timestamp(now + GRACE)
        labels: dict[str, Json] = {name: str(payload[name]) for name in _LABELS if payload.get(name)}
        if not payload.get("booking"):
            labels["source"] = _source(payload)
        return {
            "labels": {"alertname": str(payload.get("monitor", "")), **labels},
            "annotations": {name: str(payload[name]) for name in _ANNOTATIONS if payload.get(name)},
            "startsAt": payload.get("starts_at"),
            "endsAt": ends,
        }


def _subject(payload: Mapping[str, Json]) -> tuple[Json, ...]:
    """What an alert is about. Two sources that are lost are two alerts: one that is back must not end the other's."""
    return payload.get("monitor"), payload.get("booking") or _source(payload)


def _source(payload: Mapping[str, Json]) -> str:
    return str(payload.get("incident", "")).partition("/")[0]


def senders(alerts: Alerts, now: Callable[[], float]) -> Iterator[tuple[Sender, Receiver]]:
    """The one of ``[alerts.alertmanager]``."""
    if alerts.alertmanager is not None:
        yield AlertmanagerSender(alerts.alertmanager.url, now), alerts.alertmanager
