"""A trouble of the script that needs Jitsi's own modules in the server: elsewhere there are no lobbies."""

from tests.integration.plenary.rows import WARNING, Row, falls, rises, tells

LOBBY: tuple[Row, ...] = (
    Row(
        "19:57:00",
        "somebody is sent to the lobby, which only Jitsi's own modules have",
        lambda s: s.knocks(),
        (
            rises("LobbyUnattended", "waiting", WARNING, 90),
            tells("LobbyUnattended", 1, "Persones a la sala d'espera: 1, la primera des de les 19:57", 90),
        ),
    ),
    Row("19:59:00", "and admitted", lambda s: s.admits(), (falls("LobbyUnattended"),), people=1),
    Row("20:01:00", "and leaves", lambda s: s.go(1), people=-1),
)
