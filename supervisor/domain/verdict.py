"""The verdict on a session's stream: what the public gets, from all witnesses together.

Theory. A witness is *heard* while its word is fresh, not advisory, and about the right page: that another video is up,
degraded or ended says nothing of ours. UNKNOWN and MISSING are not heard at all; an advisory DEGRADED is an up. Among
the words that are heard:

- a *strong* up proves media: every UP or DEGRADED except the public API's, which only proves that nobody ended it;
- a *loss* is DOWN, or ENDED without a plan. A plan is a person's stop (Jibri's initiator, OBS' stop button), or any
  end past the planned end;
- a loss is *sure* if the encoder in the room itself says so (Jibri failed, stopped itself, left for longer than its
  grace) and no strong up from another side contradicts (of one who sees the media, or observed after the loss); or if
  witnesses of two sides agree; or if it has stood for ``confirm`` seconds;
- what the viewers' side sees outweighs the encoder's word: a loss that they have contradicted for ``confirm`` seconds
  is *overruled* until its witness changes its mind, or the viewers' side reports a loss, too.

    heard                                        from                         to
    -------------------------------------------  ---------------------------  -----------------------------
    nothing                                      scheduled, ended             the same
    nothing                                      starting                     scheduled
    nothing                                      any other                    unknown (what it was is held)
    a planned end                                any                          ended
    a planned end ``LINGER`` seconds ago, and    ended                        as if there were no planned end
    platform or viewers still see a picture
    a loss, sure                                 was on                       interrupted
    a loss, not sure                             live, degraded               stalled
    no loss; DEGRADED or UP, recovered           stalled, interrupted         degraded or live
    no loss; DEGRADED or UP                      any other                    degraded or live
    STARTING; at most the encoder is up; or an   not was on                   starting
    up while another one still says loss

*Was on*: live, degraded, stalled, interrupted. *Recovered*: Jibri streams since after the break, or strong ups of two
different instants after the break were heard (two fresh ups). A Jibri that never saw the break is no proof of its end,
and a witness of the loss that falls silent has not taken it back. A verdict never goes from unknown to interrupted
without passing stalled, unless the loss is sure by agreement: pulling every source at once is blindness, not an
interruption.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING

from supervisor.domain.evidence import Evidence, Phase, Side, Word
from supervisor.domain.jibri import WITNESS as JIBRI

if TYPE_CHECKING:
    from collections.abc import Iterable

LINGER = 120.0
"""Seconds for which the platform and the viewers may go on seeing a stream that was ended on purpose."""

OF_ANOTHER = frozenset({Word.UP, Word.DEGRADED, Word.ENDED})
"""Words that mean nothing for this session where the page is wrong. A video that the platform took down is lost."""

WEAK = "youtube public"
PERSONS = frozenset({JIBRI, "obs"})
WAS_ON = frozenset({Phase.LIVE, Phase.DEGRADED, Phase.STALLED, Phase.INTERRUPTED})
ORDER = (Side.ENCODER, Side.PLATFORM, Side.VIEWERS)


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds from stalled to interrupted for one witness alone; ``auto_stop`` where the broadcast would end itself."""

    confirm: float = 20.0
    auto_stop: float = 10.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """The state and its reason.

    Attributes:
        phase: What the public gets.
        since: When this phase began.
        broken_at: Last good instant before the present stall or interruption.
        witnesses: Who says so; while unknown, who said what it was.
        side: The side that failed, for stalled and interrupted.
        detail: The most direct witness' own words.
        held: While unknown, the phase that it was.
        overruled: Witnesses whose loss the viewers' side has contradicted for long enough.
        ups: Instants of strong ups since the break, two at most.
        ended_at: When it was last ended on purpose, for the clock of whoever waits for it to be started again.
    """

    phase: Phase = Phase.SCHEDULED
    since: float = 0.0
    broken_at: float = 0.0
    witnesses: tuple[str, ...] = ()
    side: Side | None = None
    detail: str = ""
    held: Phase = Phase.SCHEDULED
    overruled: frozenset[str] = frozenset()
    ups: tuple[float, ...] = ()
    ended_at: float = 0.0

    @property
    def was_on(self) -> bool:
        """Whether the public had a picture in this episode."""
        return (self.held if self.phase is Phase.UNKNOWN else self.phase) in WAS_ON


@dataclass(frozen=True, slots=True)
class Heard:
    """The words that are heard, sorted by what they mean."""

    ups: tuple[Evidence, ...]
    degraded: tuple[Evidence, ...]
    losses: tuple[Evidence, ...]
    planned: tuple[Evidence, ...]
    starting: tuple[Evidence, ...]
    auto_stop: bool

    @property
    def strong(self) -> tuple[Evidence, ...]:
        """Those that prove media."""
        return tuple(e for e in (*self.ups, *self.degraded) if e.witness != WEAK)

    @property
    def any(self) -> bool:
        """Whether anything is heard at all."""
        return bool(self.ups or self.degraded or self.losses or self.planned or self.starting)


def listen(evidence: Iterable[Evidence], now: float, *, past_end: bool) -> Heard:
    """Sort out what is heard now. ``past_end``: so near the planned end that a clean stop is the planned one."""
    fresh = [_advice(e) for e in evidence if now < e.fresh_until and (not e.advisory or e.word is Word.DEGRADED)]
    right = [e for e in fresh if not e.wrong or e.word not in OF_ANOTHER]
    planned = [e for e in right if e.word is Word.ENDED and (past_end or (e.planned and e.witness in PERSONS))]
    return Heard(
        ups=tuple(e for e in right if e.word is Word.UP),
        degraded=tuple(e for e in right if e.word is Word.DEGRADED),
        losses=tuple(e for e in right if e.word is Word.DOWN or (e.word is Word.ENDED and e not in planned)),
        planned=tuple(planned),
        starting=tuple(e for e in right if e.word is Word.STARTING),
        auto_stop=any(e.auto_stop for e in fresh),
    )


def _advice(evidence: Evidence) -> Evidence:
    """Advice that the picture is bad is no reason to alarm, but it proves that there is one."""
    return replace(evidence, word=Word.UP, advisory=False) if evidence.advisory else evidence


def deadline(verdict: Verdict, evidence: Iterable[Evidence], patience: Patience, now: float) -> float:
    """The instant after ``now`` at which time alone may change the verdict; infinite if none."""
    instants: list[float] = []
    for each in evidence:
        instants += [each.fresh_until, (each.since or each.at) + LINGER]
    if verdict.phase is Phase.STALLED:
        instants += [verdict.since + patience.confirm, verdict.since + patience.auto_stop]
    return min((instant for instant in instants if instant > now), default=inf)


def judge(verdict: Verdict, heard: Heard, patience: Patience, now: float) -> Verdict:  # noqa: PLR0911 - a table
    """Return the verdict that follows from what is heard now."""
    if not heard.any:
        return _blind(verdict, now)
    if verdict.phase is Phase.UNKNOWN:
        # What stalled before the blindness may be well again: its clock starts anew.
        resumed = Phase.LIVE if verdict.held is Phase.STALLED else verdict.held
        verdict = replace(verdict, phase=resumed, since=now)
    verdict = replace(verdict, overruled=_still_overruled(verdict, heard))
    losses = tuple(e for e in heard.losses if e.witness not in verdict.overruled)
    if _ended(heard, now):
        ended_at = verdict.ended_at if verdict.phase is Phase.ENDED else now
        return _enter(replace(verdict, ended_at=ended_at), Phase.ENDED, heard.planned, now)
    if losses and verdict.phase in WAS_ON:
        return _loss(verdict, heard, losses, patience, now)
    if losses and (heard.ups or heard.degraded):
        return _enter(verdict, Phase.STARTING, heard.ups or heard.degraded, now)
    if heard.ups or heard.degraded:
        return _picture(verdict, heard, now)
    if heard.starting and verdict.phase in {Phase.SCHEDULED, Phase.ENDED}:
        return _enter(verdict, Phase.STARTING, heard.starting, now)
    return verdict


def _blind(verdict: Verdict, now: float) -> Verdict:
    if verdict.phase in {Phase.UNKNOWN, Phase.SCHEDULED, Phase.ENDED}:
        return verdict
    if verdict.phase is Phase.STARTING:
        return _enter(verdict, Phase.SCHEDULED, (), now)  # the public had nothing that could have been lost
    return replace(verdict, phase=Phase.UNKNOWN, held=verdict.phase, since=now)


def _still_overruled(verdict: Verdict, heard: Heard) -> frozenset[str]:
    if any(e.side is Side.VIEWERS for e in heard.losses):
        return frozenset()
    return verdict.overruled & {e.witness for e in heard.losses}


def _ended(heard: Heard, now: float) -> bool:
    """Whether it was ended on purpose. Platform and viewers lag; what they see much later is another encoder's."""
    others = any(e.side is not Side.ENCODER for e in heard.strong)
    return any(not others or now < (e.at if e.since is None else e.since) + LINGER for e in heard.planned)


def _loss(verdict: Verdict, heard: Heard, losses: tuple[Evidence, ...], patience: Patience, now: float) -> Verdict:
    """Somebody says that it is lost: stalled, until it is sure."""
    verdict = replace(verdict, ups=())
    if verdict.phase is Phase.INTERRUPTED:
        return _words(verdict, losses)
    if verdict.phase is not Phase.STALLED:
        broken_at = min(e.at if e.since is None else e.since for e in losses)
        verdict = replace(_enter(verdict, Phase.STALLED, losses, now), broken_at=min(broken_at, now))
    wait = min(patience.confirm, patience.auto_stop) if heard.auto_stop else patience.confirm
    seen = any(e.side is Side.VIEWERS for e in heard.strong)
    if now >= verdict.since + wait and seen:
        overruled = verdict.overruled | {e.witness for e in losses if e.side is not Side.VIEWERS}
        return replace(_picture(verdict, heard, now, force=True), overruled=overruled)
    if now >= verdict.since + wait or _sure(heard, losses):
        return _enter(verdict, Phase.INTERRUPTED, losses, now)
    return _words(verdict, losses)


def _sure(heard: Heard, losses: tuple[Evidence, ...]) -> bool:
    if len({e.side for e in losses}) > 1:
        return True
    word = next((e for e in losses if e.witness == JIBRI), None)
    # A platform's report from before the loss knows nothing of it; who sees the media may contradict at once.
    return word is not None and not any(
        e.side is not Side.ENCODER and (e.direct or e.at >= word.at) for e in heard.strong
    )


def _picture(verdict: Verdict, heard: Heard, now: float, *, force: bool = False) -> Verdict:
    """Nobody says that it is lost, and somebody sees it."""
    seen = heard.degraded or heard.ups
    phase = Phase.DEGRADED if heard.degraded else Phase.LIVE
    if heard.starting and not any(e.side is not Side.ENCODER for e in heard.strong) and verdict.phase not in WAS_ON:
        # The encoder runs, the platform is not public yet: the session is not to be seen.
        return _enter(verdict, Phase.STARTING, heard.starting, now)
    if verdict.phase in {Phase.STALLED, Phase.INTERRUPTED} and not force:
        verdict = replace(verdict, ups=_ups(verdict, heard))
        if len(verdict.ups) < 2 and not any(_started_again(e, verdict) for e in heard.strong):
            return verdict
    return _enter(verdict, phase, seen, now)


def _started_again(evidence: Evidence, verdict: Verdict) -> bool:
    """Whether this is the room's Jibri, streaming since after the break."""
    since = evidence.at if evidence.since is None else evidence.since
    return evidence.witness == JIBRI and since > verdict.broken_at


def _ups(verdict: Verdict, heard: Heard) -> tuple[float, ...]:
    """The instants of two different strong ups since the break."""
    instants = {*verdict.ups, *(e.at for e in heard.strong if e.at >= verdict.since)}
    return tuple(sorted(instants)[:2])


def _enter(verdict: Verdict, phase: Phase, evidence: tuple[Evidence, ...], now: float) -> Verdict:
    if phase is verdict.phase:
        return _words(verdict, evidence)
    return _words(replace(verdict, phase=phase, since=now), evidence)


def _words(verdict: Verdict, evidence: tuple[Evidence, ...]) -> Verdict:
    """Take over who says so, the side nearest to the encoder first: what fails there fails everywhere behind it."""
    ranked = sorted(evidence, key=lambda e: (ORDER.index(e.side), e.witness))
    return replace(
        verdict,
        witnesses=tuple(e.witness for e in ranked),
        side=ranked[0].side if ranked else None,
        detail=ranked[0].detail if ranked else "",
    )
