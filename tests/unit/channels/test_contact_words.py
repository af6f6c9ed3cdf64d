"""What a booking's contacts read."""

from supervisor.channels.contacts import Addressbook, Writer
from supervisor.domain.bookings import Language
from supervisor.domain.letters import Way, not_ready
from supervisor.i18n import translators
from tests.unit.builders import START, booking


def test_what_is_not_ready_is_said_in_the_bookings_language_and_only_while_the_booking_stands() -> None:
    one = booking(title="Ple ordinari", language=Language.CATALAN, contacts=("a@b.test", "+34600000000"))
    why = "Cap gravadora no és lliure."
    (mail,) = not_ready(one, why, frozenset({Way.MAIL}), START - 900.0)
    expected = "Ple ordinari (Ajuntament), dijous 3 de setembre, 19:00: no tot és a punt per a l'emissió en directe. "
    assert expected + why == Writer(translators(), "https://meet.test").text(mail, one)
    assert ("contact mail", START) == (mail.channel, mail.expires)
    assert "a@b.test" not in str(mail.payload)
    assert (one, "a@b.test") == Addressbook(lambda _: one, lambda: True).look_up(mail)
    assert Addressbook(lambda _: None, lambda: True).look_up(mail) is None
