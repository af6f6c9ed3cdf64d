"""The API's description, OpenAPI 3.1, made of the operations themselves, so that it can't say something else."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from pydantic.json_schema import models_json_schema

from supervisor import __version__
from supervisor.web.api.operation import BASE
from supervisor.web.api.shapes import ProblemDetails
from supervisor.web.problems import PROBLEM

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import BaseModel

    from supervisor.web.api.operation import Operation
    from supervisor.web.api.values import Wanted

ABOUT = (
    "Watches the Jitsi sessions that must not fail in public. Every address but this one needs a token of "
    "`[web.tokens.NAME]` with the scope `read` or `write`, as named. Errors are RFC 9457 problems that say what to do. "
    "Instants are RFC 3339. No answer holds a person's name, mail address or JID."
)
REF = "#/components/schemas/{model}"
TOKEN = "token"  # noqa: S105 - the scheme's name

ALWAYS = {401: "There is no token, or it is not known.", 403: "The token lacks the scope."}
READ_WRONG = {422: "A parameter or a key of the body is wrong, or unknown."}
BODY_WRONG = {
    400: "The body does not come as its headers say.",
    408: "The body did not arrive in time.",
    413: "The body is larger than 64 KiB.",
    415: "The body is not said to be JSON.",
}


def describe(operations: list[Operation]) -> dict[str, Any]:
    """The document."""
    paths: dict[str, dict[str, Any]] = {f"{BASE}/openapi.json": {"get": _description()}}
    for operation in operations:
        paths.setdefault(BASE + operation.path, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "jitsi-supervisor", "version": __version__, "description": ABOUT},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": _schemas(operations),
            "securitySchemes": {TOKEN: {"type": "http", "scheme": "bearer", "description": "From `[web.tokens]`."}},
        },
    }


def _description() -> dict[str, Any]:
    answer = {"description": "This document.", "content": {"application/json": {"schema": {"type": "object"}}}}
    return {
        "summary": "Describe the API",
        "description": "This document. It needs no token.",
        "operationId": "get_openapi",
        "security": [],
        "responses": {"200": answer},
    }


def _operation(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "summary": operation.summary,
        "description": f"{operation.description}\n\nScope: `{operation.scope}`.",
        "operationId": _name(operation),
        "security": [{TOKEN: [operation.scope]}],
        "parameters": [*_path(operation), *_query(operation.query)],
        "responses": _responses(operation),
    }
    if operation.body is not None:
        described["requestBody"] = {
            "required": operation.body_needed,
            "content": {"application/json": {"schema": _ref(operation.body)}},
        }
    return described


def _name(operation: Operation) -> str:
    words = [word for word in operation.path.strip("/").replace("-", "_").split("/") if word != "{id}"]
    one = ["one"] if operation.path.endswith("{id}") else []
    return "_".join([operation.method.lower(), *one, *words])


def _path(operation: Operation) -> list[dict[str, Any]]:
    if not operation.id:
        return []
    schema = {"type": "string", "minLength": 1}
    return [{"name": "id", "in": "path", "required": True, "description": operation.id, "schema": schema}]


def _query(model: type[Wanted]) -> list[dict[str, Any]]:
    parameters = []
    for name, schema in model.model_json_schema().get("properties", {}).items():
        # Absent is the only way to say nothing in an address: null is no value there.
        shown = {key: value for key, value in schema.items() if key not in {"title", "description", "default"}}
        given = [each for each in shown.pop("anyOf", ()) if each.get("type") != "null"]
        default = {} if schema.get("default") is None else {"default": schema["default"]}
        parameters.append(
            {
                "name": name,
                "in": "query",
                "description": schema["description"],
                "schema": {**shown, **(given[0] if given else {}), **default},
            }
        )
    return parameters


def _responses(operation: Operation) -> dict[str, Any]:
    good: dict[str, Any] = {"description": operation.summary + ": done."}
    if operation.answer is not None:
        good["content"] = {"application/json": {"schema": _ref(operation.answer)}}
        good["content"] |= {kind: {"schema": {"type": "string"}} for kind in operation.also}
    refusals = {**ALWAYS, **READ_WRONG, **(BODY_WRONG if operation.body else {}), **operation.refusals}
    problems = {str(status): _problem(status, when) for status, when in sorted(refusals.items())}
    return {str(operation.status): good, **problems}


def _problem(status: int, when: str) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if status in ALWAYS:
        headers["WWW-Authenticate"] = {
            "description": "Which token is needed.",
            "required": True,
            "schema": {"type": "string", "pattern": "^Bearer "},
        }
    example = {"title": HTTPStatus(status).phrase, "status": status, "detail": when}
    return {
        "description": when,
        **({"headers": headers} if headers else {}),
        "content": {PROBLEM: {"schema": _ref(ProblemDetails), "example": example}},
    }


def _schemas(operations: Iterable[Operation]) -> dict[str, Any]:
    answers = {each.answer for each in operations if each.answer} | {ProblemDetails}
    bodies = {each.body for each in operations if each.body}
    wanted = [(model, "serialization") for model in answers] + [(model, "validation") for model in bodies]
    _, document = models_json_schema(sorted(wanted, key=lambda pair: pair[0].__name__), ref_template=REF)  # type: ignore[arg-type]
    return dict(document["$defs"])


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": REF.format(model=model.__name__)}
