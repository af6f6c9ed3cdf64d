"""Reads the gettext catalogues that come with the package. They are kept as .po; nothing has to be compiled."""

from __future__ import annotations

import gettext
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

if TYPE_CHECKING:
    from collections.abc import Callable

LANGUAGES = ("ca", "es", "en", "it")


def translators() -> dict[str, Callable[[str], str]]:
    """Each language's translating function."""
    return {language: _catalogue(language).gettext for language in LANGUAGES}


def _catalogue(language: str) -> gettext.GNUTranslations:
    source = files("supervisor") / "locale" / language / "LC_MESSAGES" / "supervisor.po"
    compiled = BytesIO()
    write_mo(compiled, read_po(BytesIO(source.read_bytes()), locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
