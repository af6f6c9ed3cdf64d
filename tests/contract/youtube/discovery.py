"""The official discovery document of YouTube's API as JSON Schema."""

from __future__ import annotations

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

_FORMATS = {
    "uint64": {"type": "string", "pattern": "^[0-9]{1,20}$"},
    "int64": {"type": "string", "pattern": "^-?[0-9]{1,19}$"},
    "date-time": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"},
}


@cache
def document() -> dict[str, Any]:
    """As it ships with Google's client library, which is not imported."""
    spec = find_spec("googleapiclient")
    assert spec is not None
    assert spec.origin is not None
    path = Path(spec.origin).parent / "discovery_cache" / "documents" / "youtube.v3.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


@cache
def validator(schema: str) -> Draft202012Validator:
    definitions = {name: _converted(one) for name, one in document()["schemas"].items()}
    whole = {"$ref": f"#/$defs/{schema}", "$defs": definitions}
    Draft202012Validator.check_schema(whole)
    return Draft202012Validator(whole)


def check(schema: str, body: Any) -> None:
    """Raise where an answer is not what the document allows."""
    validator(schema).validate(body)


def _converted(one: dict[str, Any]) -> dict[str, Any]:
    """One schema of the document: unknown fields are errors, and long numbers are texts."""
    if "$ref" in one:
        return {"$ref": f"#/$defs/{one['$ref']}"}
    if one.get("format") in _FORMATS:
        return _FORMATS[one["format"]]
    result: dict[str, Any] = {"type": one["type"]} if one.get("type") != "any" else {}
    if "enum" in one:
        result["enum"] = one["enum"]
    if one.get("type") == "array":
        result["items"] = _converted(one["items"])
    if one.get("type") == "object":
        result["properties"] = {name: _converted(field) for name, field in one.get("properties", {}).items()}
        extra = one.get("additionalProperties")
        result["additionalProperties"] = _converted(extra) if extra else False
    return result
