"""Makes the dashboards of ``boards.toml``: ``python deploy/grafana/build.py``, with nothing but Python."""  # noqa: INP001 - a script

from __future__ import annotations

import json
import tomllib
from itertools import count
from pathlib import Path
from string import ascii_uppercase
from typing import Any

HERE = Path(__file__).parent
SOURCE = {"type": "prometheus", "uid": "${datasource}"}
WIDTH = 24
Json = dict[str, Any]

OPTIONS: dict[str, Json] = {
    "stat": {"colorMode": "background", "graphMode": "none", "reduceOptions": {"calcs": ["lastNotNull"]}},
    "state-timeline": {"mergeValues": True, "showValue": "auto", "rowHeight": 0.8, "legend": {"showLegend": False}},
    "timeseries": {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi"}},
    "table": {"showHeader": True},
}
FIELDS = ("unit", "decimals")


class Board:
    """One dashboard. ``told`` is the whole of ``boards.toml``, ``name`` the dashboard's section there."""

    def __init__(self, told: Json, name: str) -> None:
        self._told = told
        self._board: Json = told[name]

    def json(self) -> Json:
        """What Grafana reads."""
        board = self._board
        source = {
            "name": "datasource",
            "label": "Prometheus",
            "type": "datasource",
            "query": "prometheus",
            "current": {},
        }
        return {
            "uid": board["uid"],
            "title": board["title"],
            "tags": ["jitsi-supervisor"],
            "schemaVersion": 38,
            "version": 1,
            "editable": False,
            "timezone": "browser",
            "refresh": "5s",
            "time": {"from": "now-1h", "to": "now"},
            "templating": {"list": [source, *self._variables()]},
            "annotations": {"list": [_annotation(each) for each in board.get("annotations", ())]},
            "links": [{"type": "dashboards", "tags": ["jitsi-supervisor"], "title": "Supervisor", "asDropdown": True}],
            "panels": _laid_out([self._panel(each) for each in board["panels"]]),
        }

    def _variables(self) -> list[Json]:
        if (told := self._board.get("variable")) is None:
            return []
        query = {"query": told["query"], "refId": told["name"]}
        name = {"name": told["name"], "label": told["name"].capitalize()}
        return [{**name, "type": "query", "datasource": SOURCE, "query": query, "refresh": 2, "sort": 1}]

    def _panel(self, told: Json) -> Json:
        kind = told["kind"]
        defaults: Json = {"noValue": "unknown"} | {field: told[field] for field in FIELDS if field in told}
        if "names" in told:
            defaults["mappings"] = self._mappings(told["names"])
        elif kind != "table":
            defaults["thresholds"] = _thresholds(told.get("from", [["blue"]]))
        made: Json = {
            "type": kind,
            "title": told["title"],
            "description": told["about"],
            "datasource": SOURCE,
            "gridPos": {"w": told["width"], "h": told.get("height", 4 if kind == "stat" else 8)},
            "options": OPTIONS[kind] | ({"textMode": told["text"]} if "text" in told else {}),
            "fieldConfig": {"defaults": defaults, "overrides": []},
            "targets": self._targets(told),
        }
        if kind == "table":
            self._tabulate(made, told)
        return made

    def _targets(self, told: Json) -> list[Json]:
        instant = told["kind"] in {"stat", "table"}
        queries = told["exprs"] if "exprs" in told else {told.get("legend", ""): told["expr"]}
        return [
            {
                "refId": letter,
                "datasource": SOURCE,
                "expr": self._spelt(expression),
                "legendFormat": legend,
                "instant": instant,
                "range": not instant,
                "format": "table" if told["kind"] == "table" else "time_series",
            }
            for letter, (legend, expression) in zip(ascii_uppercase, queries.items(), strict=False)
        ]

    def _spelt(self, expression: str) -> str:
        """The expression with its words in place."""
        for word, means in self._told["words"].items():
            expression = expression.replace(f"«{word}»", means.replace("§", self._board.get("only", "")))
        return expression

    def _mappings(self, name: str) -> list[Json]:
        names = self._told["names"][name]
        options = {
            str(number): {"text": text, "color": colour, "index": number}
            for number, (text, colour) in enumerate(names["of"], names["first"])
        }
        return [{"type": "value", "options": options}]

    def _tabulate(self, made: Json, told: Json) -> None:
        """One line for each value of the labels, one column for each query; the first query gives the labels only."""
        values = {f"Value #{letter}": legend for letter, legend in zip(ascii_uppercase, told["exprs"], strict=False)}
        made["transformations"] = [
            {"id": "merge", "options": {}},
            {"id": "organize", "options": {"excludeByName": {"Time": True, "Value #A": True}, "renameByName": values}},
        ]
        url = f"/d/{self._told['session']['uid']}?var-{told['link']}=${{__value.raw}}&var-datasource=${{datasource}}"
        made["fieldConfig"]["overrides"] = [
            _override(told["link"], "links", [{"title": "Look closer", "url": url}]),
            *(_override(column, "mappings", self._mappings(name)) for column, name in told["columns"].items()),
        ]


def _annotation(told: Json) -> Json:
    """A mark on every graph while an expression is there."""
    look = {"enable": True, "datasource": SOURCE, "iconColor": told["colour"], "step": "5s"}
    return {
        "name": told["name"],
        **look,
        "expr": told["expr"],
        "titleFormat": told["name"],
        "textFormat": told["about"],
    }


def _thresholds(told: list[list[Any]]) -> Json:
    """Each entry is a colour and the value from which it holds; the first one holds from below."""
    steps = [{"color": colour, "value": value[0] if value else None} for colour, *value in told]
    return {"mode": "absolute", "steps": steps}


def _override(field: str, what: str, value: Any) -> Json:
    return {"matcher": {"id": "byName", "options": field}, "properties": [{"id": what, "value": value}]}


def _laid_out(panels: list[Json]) -> list[Json]:
    """Place the panels from left to right, line by line, and number them."""
    x = y = line = 0
    for number, each in zip(count(1), panels, strict=False):
        place = each["gridPos"]
        if x + place["w"] > WIDTH:
            x, y, line = 0, y + line, 0
        place |= {"x": x, "y": y}
        x, line = x + place["w"], max(line, place["h"])
        each["id"] = number
    return panels


def written() -> dict[str, str]:
    """File name → text of each dashboard."""
    told = tomllib.loads((HERE / "boards.toml").read_text())
    made = [Board(told, name).json() for name in ("fleet", "session")]
    return {f"{board['uid']}.json": json.dumps(board, indent=1, ensure_ascii=False) + "\n" for board in made}


if __name__ == "__main__":
    for name, text in written().items():
        (HERE / "dashboards" / name).write_text(text)
