"""The description is whole: words for people, and a schema for every reference."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from tests.house import open_house
from tests.unit.builders import Play

PERSONAL = re.compile(r"mail|display|jid|nick|^name$|(?<!_)title$", re.IGNORECASE)


async def document(folder: Path) -> dict[str, Any]:
    async with open_house(folder, Play()) as house:
        return dict(await house.get("/openapi.json"))


async def test_every_operation_is_explained_and_says_its_scope(tmp_path: Path) -> None:
    described = await document(tmp_path)
    each = [operation for path in described["paths"].values() for operation in path.values()]
    assert 23 == len(each)
    assert len(each) == len({operation["operationId"] for operation in each})
    for operation in each:
        assert len(operation["description"]) > 30
        assert operation["security"] == [] or "Scope: `" in operation["description"]
        assert all(parameter["description"] for parameter in operation.get("parameters", ()))


async def test_the_page_for_people_names_every_address_and_every_refusal(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs" / "api.md").read_text()
    described = await document(tmp_path)
    for path, methods in described["paths"].items():
        assert all(f"/{word}" in page for word in path.split("/") if word not in {"", "{id}"}), path
        refusals = {status for each in methods.values() for status in each["responses"] if status >= "400"}
        # A body that is cut off or never ends is the client's own affair.
        assert [] == [status for status in refusals - {"400", "408"} if status not in page]


async def test_every_reference_leads_somewhere(tmp_path: Path) -> None:
    described = await document(tmp_path)
    named = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(described)))
    assert named == set(described["components"]["schemas"])


ATTENDANCE = ("Participant", "name")
"""The one field that may hold a person's name: where the booking turned attendance on."""


async def test_no_field_is_for_a_persons_data(tmp_path: Path) -> None:
    schemas = (await document(tmp_path))["components"]["schemas"]
    fields = {(name, key) for name, schema in schemas.items() for key in schema.get("properties", {})}
    titled = ("Session", "ReportSession", "Booking", "BookingDone", "BookingWords", "BookingChange", "ProblemDetails")
    assert {*((name, "title") for name in titled), ATTENDANCE} == {(n, k) for n, k in fields if PERSONAL.search(k)}
