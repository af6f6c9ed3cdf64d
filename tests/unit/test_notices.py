from __future__ import annotations

from supervisor.settings import Settings, notices
from supervisor.settings.model import Reports, Streams, Xmpp

XMPP = {"component": "s.example.org", "secret": "x", "muc": ["c.example.org"], "focus": "focus@auth.example.org"}


def settings(*, probe_youtube: bool) -> Settings:
    return Settings(xmpp=Xmpp.model_validate(XMPP), streams=Streams(probe_youtube=probe_youtube))


def test_probing_youtube_names_the_policies_that_it_breaks() -> None:
    (text,) = notices(settings(probe_youtube=True))
    assert text.startswith("streams.probe_youtube: ")
    assert all(clause in text for clause in ("III.E.6", "III.D.7", "III.I.14"))


def test_an_ordinary_configuration_has_nothing_to_be_told() -> None:
    assert notices(settings(probe_youtube=False)) == ()


def test_reports_that_are_to_be_mailed_by_nobody_are_named() -> None:
    asked = settings(probe_youtube=False).model_copy(update={"reports": Reports(mail=True)})
    (text,) = notices(asked)
    assert text.startswith("reports.mail: no report is mailed")
