"""Marks a text for translation where it is defined; it is worded later, in the booking's language."""


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for it, which its tools look for
    """Return the text as it is."""
    return text
