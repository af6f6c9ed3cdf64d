"""The plenary, minute by minute: what happens, what has to follow from it, and when. Nothing else may follow.

Thursday 3 September 2026, booked from 19:00 to 21:00 in Catalan summer time; limit 30, quorum 12, no recording allowed.
"""

from __future__ import annotations

from supervisor.domain.evidence import Page, Word
from tests.integration.plenary.rows import (
    CRITICAL,
    EVERYBODY,
    INFO,
    WARNING,
    Row,
    answers,
    at,
    escalates,
    falls,
    rises,
    tells,
)

BEGIN, START, END = "18:29:00", "19:00:00", "21:00:00"
LIMIT, QUORUM = 30, 12
ANNOUNCED = Page("live", "public", title="Ple ordinari de setembre")

PUBLIC = (
    ("18:30:00", "off"),
    ("19:22:12", "up"),
    ("20:03:00", "bad"),
    ("20:03:10", "up"),
    ("20:05:00", "bad"),
    ("20:07:00", "up"),
    ("20:10:00", "down"),
    ("20:15:30", "up"),
    ("20:21:50", "doubt"),
    ("20:22:18", "up"),
    ("20:51:00", "unknown"),
    ("20:54:00", "up"),
    ("21:02:00", "off"),
    ("21:18:00", ""),
)
"""What the public sees from when on."""
PAUSES = (("20:11:30", "20:17:00", "StreamInterrupted"), ("20:39:00", "20:49:30", "SessionPaused"))
"""From when to when the session is halted, and for what."""
CHECKED, IDLE_AGAIN = "18:45:00", "18:48:10"
"""When the check before the start begins, and from when on a recorder is free for good."""
BLIND = ("20:51:00", "20:54:00")
ABSENT = ("19:13:00", "19:18:30")
"""When nobody is moderator."""


SCRIPT: tuple[Row, ...] = (
    Row(
        "18:30:00",
        "the supervision begins; by mistake the room is booked twice",
        lambda s: s.sees(lambda session: session.main.read_once),
        (rises("RoomCollision", "booked twice", WARNING),),
    ),
    Row("18:40:00", "the mistake is corrected in the file", lambda s: s.booked_once(), (falls("RoomCollision"),)),
    Row("18:42:00", "the Jibri is busy elsewhere, which is nobody's business yet", lambda s: s.jibri_is(busy=True)),
    Row(
        "18:45:00",
        "a quarter of an hour before the start it still is",
        lambda s: s.hall.quiet(),
        (rises("JibriUnavailable", "none free", WARNING, 20), rises("Preflight", "not ready", WARNING, 20)),
    ),
    Row(
        "18:47:00",
        "it is idle again",
        lambda s: s.jibri_is(busy=False),
        (falls("JibriUnavailable"), falls("Preflight")),
    ),
    Row("18:48:00", "for ten seconds it is busy", lambda s: s.jibri_is(busy=True)),
    Row("18:48:10", "and idle", lambda s: s.jibri_is(busy=False)),
    Row(
        "18:50:20",
        "the secretary opens the room, without a password",
        lambda s: s.begins(),
        (
            answers("El servei supervisa aquesta sessió", 2),
            rises("RoomUnprotected", "advised", INFO, 30),
            tells("RoomUnprotected", 1, "Es recomana una contrasenya", 30),
        ),
        people=1,
    ),
    Row("18:51:00", "she names the room", lambda s: s.title()),
    Row("18:52:00", "and sets a password", lambda s: s.lock(), (falls("RoomUnprotected"),)),
    Row("18:53:00", "Jicofo is away for six seconds", lambda s: s.focus_goes()),
    Row("18:53:06", "and back", lambda s: s.focus_comes()),
    Row(
        "18:55:00",
        "Jicofo is away",
        lambda s: s.focus_goes(),
        (
            rises("FocusMissing", "missing", WARNING, 10),
            rises("FocusMissing", "still missing", CRITICAL, 60),
            tells("FocusMissing", 2, "Des de les 18:55 el servei de conferència", 60),
        ),
    ),
    Row(
        "18:57:00",
        "and back",
        lambda s: s.focus_comes(),
        (falls("FocusMissing"), answers("El servei de conferència torna a funcionar")),
    ),
    Row(
        "19:00:00",
        "the booked start: she is alone, nothing is streamed, and YouTube's page says upcoming",
        lambda s: s.hall.quiet(),
        (
            rises("StreamNotStarted", "not started", CRITICAL, 300),
            tells("StreamNotStarted", 1, "no s'emet en directe des de les 19:00", 300),
            rises("WrongBroadcast", "wrong", CRITICAL, 330),
            tells("WrongBroadcast", 1, "Des de les 19:00 l'enllaç públic no mostra aquesta sessió", 330),
            rises("SessionNotStarted", "not started", WARNING, 600),
            tells("WrongBroadcast", 1, "Des de les 19:00 l'enllaç públic no mostra aquesta sessió", 630),
        ),
    ),
    Row("19:12:00", "ten councillors come", lambda s: s.come(10), (falls("SessionNotStarted"),), people=10),
    Row(
        "19:13:00",
        "the secretary's computer dies",
        lambda s: s.secretary_drops(),
        (
            rises("ModeratorAbsent", "absent", WARNING, 60),
            escalates("StreamNotStarted", "not started", CRITICAL, 120),
            escalates("WrongBroadcast", "wrong", CRITICAL, 150),
            tells("WrongBroadcast", 1, "Des de les 19:00 l'enllaç públic no mostra aquesta sessió", 150, EVERYBODY),
            rises("ModeratorAbsent", "still absent", WARNING, 300),
            tells("ModeratorAbsent", 2, "no té moderador des de les 19:13", 300, EVERYBODY),
        ),
        people=-1,
    ),
    Row(
        "19:18:30",
        "she is back",
        lambda s: s.secretary_comes(),
        (
            answers("El servei supervisa aquesta sessió", 2),
            falls("ModeratorAbsent", 10),
            answers("Torna a haver-hi un moderador", 10, EVERYBODY),
            tells("WrongBroadcast", 1, "Des de les 19:00 l'enllaç públic no mostra aquesta sessió", 120, EVERYBODY),
        ),
        people=1,
    ),
    Row("19:22:00", "she starts the stream", lambda s: s.stream_starts()),
    Row(
        "19:22:12",
        "viewers get it",
        lambda s: s.witness("hls", Word.UP),
        (falls("StreamNotStarted"),),
    ),
    Row("19:22:20", "and so does YouTube", lambda s: s.witness("youtube owner", Word.UP, page=ANNOUNCED)),
    Row(
        "19:22:21",
        "whose page is live",
        lambda s: s.witness("youtube public", Word.UP, page=ANNOUNCED),
        (
            falls("WrongBroadcast"),
            answers("L'enllaç públic mostra aquesta sessió en directe", 0, EVERYBODY),
            answers("La sessió s'emet en directe des de les 19:22", 1, EVERYBODY),
        ),
    ),
    Row("19:25:00", "with two more the quorum is reached", lambda s: s.come(2), people=2),
    Row("19:27:00", "two go out for a moment", lambda s: s.go(2), people=-2),
    Row("19:27:20", "and come back", lambda s: s.come(2), people=2),
    Row(
        "19:30:00",
        "three leave",
        lambda s: s.go(3),
        (
            rises("QuorumLost", "lost", WARNING, 30),
            tells("QuorumLost", 1, "S'HA PERDUT EL QUÒRUM des de les 19:30: hi ha 10 persones", 30),
        ),
        people=-3,
    ),
    Row(
        "19:33:00",
        "and come back",
        lambda s: s.come(3),
        (falls("QuorumLost", 15), answers("Torna a haver-hi quòrum: hi ha 13 persones", 15)),
        people=3,
    ),
    Row("19:36:00", "another Jibri takes the stream over", lambda s: s.recorder_changes()),
    Row(
        "19:40:00",
        "the public comes into the room as well",
        lambda s: s.come(11),
        (
            rises("ParticipantLimit", "approaching", INFO, 60),
            tells("ParticipantLimit", 1, "Hi ha 24 persones connectades", 60),
        ),
        people=11,
    ),
    Row(
        "19:44:00",
        "six more",
        lambda s: s.come(6),
        (
            rises("ParticipantLimit", "reached", INFO, 60),
            tells("ParticipantLimit", 2, "Hi ha 30 persones connectades", 60),
        ),
        people=6,
    ),
    Row("19:46:00", "somebody looks in", lambda s: s.come(1), people=1),
    Row("19:46:30", "and goes", lambda s: s.go(1), people=-1),
    Row(
        "19:48:00",
        "one too many",
        lambda s: s.come(1),
        (
            rises("ParticipantLimit", "exceeded", WARNING, 60),
            tells("ParticipantLimit", 3, "Hi ha 31 persones connectades", 60),
            tells("ParticipantLimit", 3, "Hi ha 31 persones connectades", 360),
        ),
        people=1,
    ),
    Row(
        "19:55:20",
        "three follow the public broadcast instead",
        lambda s: s.go(3),
        (
            falls("ParticipantLimit", 60, "approaching", INFO),
            tells("ParticipantLimit", 1, "Hi ha 28 persones connectades", 60),
        ),
        people=-3,
    ),
    Row("20:03:00", "YouTube complains for ten seconds", lambda s: s.witness("youtube owner", Word.DEGRADED)),
    Row("20:03:10", "and no longer", lambda s: s.witness("youtube owner", Word.UP, page=ANNOUNCED)),
    Row(
        "20:05:00",
        "the upload is too slow",
        lambda s: s.witness("youtube owner", Word.DEGRADED, detail="healthStatus bad"),
        (
            rises("StreamDegraded", "degraded", WARNING, 20),
            tells("StreamDegraded", 1, "L'emissió en directe va malament des de les 20:05", 20),
        ),
    ),
    Row(
        "20:07:00",
        "and fast enough again",
        lambda s: s.witness("youtube owner", Word.UP, page=ANNOUNCED),
        (falls("StreamDegraded", 20), answers("L'emissió en directe torna a anar bé des de les 20:07", 20)),
    ),
    Row(
        "20:10:00",
        "the Jibri fails; viewers still get what is on the way",
        lambda s: s.stream_fails(),
        (
            rises("StreamInterrupted", "stalled", WARNING),
            tells("StreamInterrupted", 1, "És possible que l'emissió en directe s'hagi perdut a les 20:10"),
        ),
    ),
    Row(
        "20:10:09",
        "then nothing",
        lambda s: s.witness("hls", Word.DOWN, detail="edge unchanged 9.0 s", since=at("20:10:00")),
        (
            rises("StreamInterrupted", "interrupted", CRITICAL, 0, since="20:10:00"),
            tells("StreamInterrupted", 2, "EMISSIÓ EN DIRECTE INTERROMPUDA des de les 20:10: ha fallat la gravadora"),
        ),
    ),
    Row("20:10:40", "YouTube sees it", lambda s: s.witness("youtube owner", Word.DOWN, detail="streamStatus inactive")),
    Row("20:11:00", "a councillor writes the word, and is no moderator", lambda s: s.somebody_says("!pausa")),
    Row(
        "20:11:30",
        "the secretary halts the session",
        lambda s: s.pauses(),
        (
            answers("La sessió està aturada des de les 20:11", 0, EVERYBODY),
            answers("Consta en acta: heu aturat la sessió a les 20:11"),
        ),
    ),
    Row("20:15:00", "the stream is started again", lambda s: s.stream_starts()),
    Row("20:15:12", "viewers get it", lambda s: s.witness("hls", Word.UP)),
    Row(
        "20:15:30",
        "YouTube too",
        lambda s: s.witness("youtube owner", Word.UP, page=ANNOUNCED),
        (
            falls("StreamInterrupted", 5),
            tells("StreamInterrupted", 0, "L'emissió en directe ha tornat a les 20:15", 5),
        ),
    ),
    Row(
        "20:17:00",
        "the session goes on",
        lambda s: s.resumes(),
        (
            answers("La sessió continua des de les 20:17", 0, EVERYBODY),
            answers("Consta en acta: heu reprès la sessió a les 20:17, després de 6 min"),
        ),
    ),
    Row(
        "20:22:00",
        "the playlist alone stands still for twelve seconds",
        lambda s: s.witness("hls", Word.DOWN, detail="edge unchanged 9.0 s", since=at("20:21:50")),
        (
            rises("StreamInterrupted", "stalled", WARNING, 0, since="20:21:50"),
            tells("StreamInterrupted", 1, "És possible que l'emissió en directe s'hagi perdut a les 20:21"),
        ),
    ),
    Row(
        "20:22:12",
        "and moves again, as the next look confirms",
        lambda s: s.witness("hls", Word.UP),
        (falls("StreamInterrupted", 11), answers("Comprovació acabada: el públic veu l'emissió", 11)),
    ),
    Row(
        "20:28:00",
        "the broadcast was set to private",
        lambda s: s.witness("youtube public", Word.UP, wrong="private"),
        (
            rises("WrongBroadcast", "wrong", CRITICAL, 30),
            tells("WrongBroadcast", 1, "Des de les 20:28 l'enllaç públic no mostra aquesta sessió", 30),
        ),
    ),
    Row(
        "20:32:00",
        "and to public",
        lambda s: s.witness("youtube public", Word.UP, page=ANNOUNCED),
        (falls("WrongBroadcast"), answers("L'enllaç públic mostra aquesta sessió en directe")),
    ),
    Row(
        "20:36:00",
        "somebody records on the own computer",
        lambda s: s.records(on=True),
        (
            rises("RecordingForbidden", "recorded", CRITICAL),
            tells("RecordingForbidden", 1, "UN PARTICIPANT ESTÀ ENREGISTRANT", 0, EVERYBODY),
        ),
    ),
    Row(
        "20:37:00",
        "and stops",
        lambda s: s.records(on=False),
        (falls("RecordingForbidden", 5), answers("Ja no s'enregistra res", 5, EVERYBODY)),
    ),
    Row(
        "20:39:00",
        "a recess",
        lambda s: s.pauses(),
        (
            answers("La sessió està aturada des de les 20:39", 0, EVERYBODY),
            answers("Consta en acta: heu aturat la sessió a les 20:39"),
        ),
    ),
    Row(
        "20:40:00",
        "all turn microphones and cameras off",
        lambda s: s.media(on=False),
        (
            rises("StreamSelfStop", "soon", WARNING, 480),
            tells("StreamSelfStop", 1, "des de les 20:40. A les 20:50", 480),
        ),
    ),
    Row(
        "20:49:00",
        "one camera is on again",
        lambda s: s.media(on=True, people=1),
        (falls("StreamSelfStop"), answers("Torna a haver-hi una càmera o un micròfon")),
    ),
    Row(
        "20:49:30",
        "the session goes on",
        lambda s: s.resumes(),
        (
            answers("La sessió continua des de les 20:49", 0, EVERYBODY),
            answers("Consta en acta: heu reprès la sessió a les 20:49, després de 10 min"),
        ),
    ),
    Row(
        "20:51:00",
        "the server stands still, and no witness gets an answer",
        lambda s: s.all_blind(),
        (rises("SourceLost", "blind", CRITICAL, 10), rises("StreamBlind", "blind", WARNING, 60)),
    ),
    Row(
        "20:54:00",
        "all are heard again",
        lambda s: s.all_seen(),
        (falls("StreamBlind"), falls("SourceLost")),
    ),
    Row("20:56:00", "somebody's connection drops", lambda s: s.drops_out(), people=-1),
    Row("20:56:10", "and is back", lambda s: s.come(1), people=1),
    Row("21:02:00", "the stream is ended", lambda s: s.stream_stops()),
    Row("21:02:15", "as all see", lambda s: s.witness("hls", Word.ENDED, detail="EXT-X-ENDLIST")),
    Row("21:02:20", "YouTube too", lambda s: s.witness("youtube owner", Word.ENDED, detail="lifeCycleStatus complete")),
    Row(
        "21:02:25",
        "and its page",
        lambda s: s.witness("youtube public", Word.ENDED, detail="actualEndTime is there"),
        (rises("SessionOverrun", "overrun", WARNING, 755, since="21:00:00"),),
    ),
    Row(
        "21:18:00", "all leave", lambda s: s.all_go(), (falls("SessionOverrun"), falls("ParticipantLimit")), people=-28
    ),
)
