from __future__ import annotations

from typing import Any

from aiohttp import web

from supervisor.channels.alertmanager import AlertmanagerSender
from supervisor.domain.news import Kind, News
from supervisor.domain.records import Outgoing


def lost(source: str, kind: Kind) -> Outgoing:
    ends = 200.0 if kind is Kind.RESOLVED else None
    news = News("SourceLost", "critical", "", "", f"{source}: gone", "", 100.0, ends, f"{source}/SourceLost/100.000")
    return Outgoing(f"{source}{kind}", "alertmanager", "x", news.incident, kind, news.payload(), 100.0)


async def test_a_source_that_is_heard_again_does_not_end_the_alert_of_another() -> None:
    got: list[list[dict[str, Any]]] = []

    async def alerts(request: web.Request) -> web.Response:
        got.append(await request.json())
        return web.Response()

    app = web.Application()
    app.add_routes([web.post("/api/v2/alerts", alerts)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    sender = AlertmanagerSender(f"http://127.0.0.1:{runner.addresses[0][1]}", lambda: 150.0)
    try:
        for message in (lost("xmpp", Kind.FIRING), lost("youtube", Kind.FIRING), lost("youtube", Kind.RESOLVED)):
            await sender.send(message)
        await sender.again()
    finally:
        await sender.close()
        await runner.cleanup()
    assert ["xmpp", "youtube", "youtube", "xmpp"] == [alert["labels"]["source"] for (alert,) in got]
