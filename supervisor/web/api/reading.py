"""Reads what a client sent. Whatever is wrong is told at once, field by field, with the remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError

from supervisor.web.content import content_of
from supervisor.web.problems import Problem

if TYPE_CHECKING:
    from aiohttp import web
    from pydantic_core import ErrorDetails

    from supervisor.web.api.values import Wanted

W = TypeVar("W", bound="Wanted")

WRONG = "Something in the request is wrong; see errors."
_TEXTS = {
    "missing": "missing; add it",
    "bool_type": "must be true or false, without quotes",
    "string_type": "must be text; put it in quotes",
    "model_type": "must be a JSON object, as {}",
    "string_unicode": "holds characters that no text can hold; remove them",
}


def read_query(request: web.Request, model: type[W]) -> W:
    """The parameters of the address.

    Raises:
        Problem: 422.
    """
    twice = sorted({key for key in request.query if len(request.query.getall(key)) > 1})
    if twice:
        raise Problem(422, WRONG, errors=[_error("query", key, "given more than once; give it once") for key in twice])
    try:
        return model.model_validate(dict(request.query))
    except ValidationError as error:
        raise _problem(error, "query", model) from None


async def read_body(request: web.Request, model: type[W], *, needed: bool) -> W:
    """The body, which is JSON; no body is an empty object where none is needed.

    Raises:
        Problem: 413, 415, 422.
    """
    content = await content_of(request)
    if not content and not needed:
        return model()
    if content and request.content_type != "application/json":
        raise Problem(415, "The body must be JSON; send the header Content-Type: application/json.")
    try:
        return model.model_validate_json(content)
    except ValidationError as error:
        raise _problem(error, "body", model) from None


def _problem(error: ValidationError, place: str, model: type[Wanted]) -> Problem:
    found = error.errors(include_url=False, include_input=False)
    return Problem(422, WRONG, errors=[_error(place, _spelled(each), _text(each, model)) for each in found])


def _error(place: str, key: str, detail: str) -> dict[str, str]:
    return {"field": f"{place}.{key}" if key else place, "detail": detail}


def _spelled(error: ErrorDetails) -> str:
    return ".".join(ascii(part)[1:-1][:60] if isinstance(part, str) else str(part) for part in error["loc"])


def _text(error: ErrorDetails, model: type[Wanted]) -> str:
    kind = error["type"]
    if kind == "value_error":
        return str(error["ctx"]["error"])
    if kind == "extra_forbidden":
        keys = ", ".join(field.alias or name for name, field in model.model_fields.items()) or "none"
        return f"unknown; remove it, the keys here are: {keys}"
    if kind == "json_invalid":
        return f"is not JSON ({error['ctx']['error']}); send an object, as {{}}"
    return _TEXTS.get(kind) or error["msg"]
