"""The files in deploy/ for Prometheus, Alertmanager and Grafana, as their own tools judge them."""

from __future__ import annotations

import json
import re
import runpy
from typing import Any

import pytest
import yaml

from supervisor.alerts.inhibition import INHIBITS
from supervisor.settings.model import Settings
from tests.integration.prometheus import DEPLOY, ROOT, RULES, run

TESTS = sorted((DEPLOY / "prometheus" / "tests").glob("*.yml"))
BOARDS = sorted((DEPLOY / "grafana" / "dashboards").glob("*.json"))
RUNBOOKS = "https://example.org/jitsi-supervisor/"


def alerts() -> list[dict[str, Any]]:
    """Every alerting rule."""
    groups = [group for path in RULES for group in yaml.safe_load(path.read_text())["groups"]]
    return [rule for group in groups for rule in group["rules"] if "alert" in rule]


def anchors(text: str) -> set[str]:
    """What a link into a page may name."""
    return {
        re.sub(r"[^\w -]", "", line.lower()).replace(" ", "-") for line in re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    }


def test_promtool_finds_nothing_wrong_with_rules_and_configuration() -> None:
    assert 3 == run("promtool", "prometheus", "check", "rules", *RULES).count("SUCCESS")
    run("promtool", "prometheus", "check", "config", DEPLOY / "prometheus" / "prometheus.yml")


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.stem)
def test_the_rules_fire_and_keep_quiet_as_their_own_tests_say(path: Any) -> None:
    run("promtool", "prometheus", "test", "rules", path)


def test_every_alert_is_played_through_by_a_test_of_the_rules() -> None:
    played = "".join(path.read_text() for path in TESTS)
    assert [] == [rule["alert"] for rule in alerts() if f"alertname: {rule['alert']}\n" not in played]


@pytest.mark.parametrize("rule", alerts(), ids=lambda rule: rule["alert"])
def test_every_alert_says_how_bad_it_is_what_it_means_and_what_to_do(rule: dict[str, Any]) -> None:
    assert {"summary", "description", "runbook_url"} == set(rule["annotations"])
    # The severity of the one without is the series' own.
    severity = rule.get("labels", {}).get("severity")
    assert severity in {"critical", "warning", "info", "none"} or "severity" in rule["expr"]
    page, _, anchor = rule["annotations"]["runbook_url"].removeprefix(RUNBOOKS).partition("#")
    if "{{" in page:
        assert "docs/monitors/{{ $labels.monitor }}.md" == page
        return
    text = (ROOT / page).read_text()
    assert not anchor or anchor in anchors(text)


def test_prometheus_scrapes_where_the_daemon_listens_by_default() -> None:
    (job,) = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text())["scrape_configs"]
    assert [Settings.model_fields["web"].get_default(call_default_factory=True).listen] == job["static_configs"][0][
        "targets"
    ]
    assert {f'job="{job["job_name"]}"'} == set(re.findall(r'job="[^"]+"', "".join(p.read_text() for p in RULES)))


def test_amtool_finds_nothing_wrong_and_each_severity_has_its_receiver() -> None:
    path = DEPLOY / "alertmanager" / "alertmanager.yml"
    assert "SUCCESS" in run("amtool", "prometheus-alertmanager", "check-config", path)
    expected = {"critical": "page", "warning": "ticket", "info": "info", "": "ticket"}
    for severity, receiver in expected.items():
        routed = run(
            "amtool", "prometheus-alertmanager", "config", "routes", "test", f"--config.file={path}",
            f"severity={severity}", "alertname=X",
        )  # fmt: skip
        assert receiver == routed.strip()


def test_alertmanager_inhibits_as_the_daemon_does() -> None:
    rules = yaml.safe_load((DEPLOY / "alertmanager" / "alertmanager.yml").read_text())["inhibit_rules"]
    found = {}
    for rule in rules:
        (source, target) = ("".join(rule[f"{side}_matchers"]) for side in ("source", "target"))
        if source.startswith("monitor = "):
            assert ["booking"] == rule["equal"]
            found[source.removeprefix("monitor = ")] = set(re.findall(r"\w+", target.partition("=~")[2]))
    assert {monitor: set(others) for monitor, others in INHIBITS.items()} == found


def test_the_dashboards_are_those_that_boards_toml_says() -> None:
    built = runpy.run_path(str(DEPLOY / "grafana" / "build.py"))["written"]()
    assert built == {path.name: path.read_text() for path in BOARDS}


@pytest.mark.parametrize("path", BOARDS, ids=lambda path: path.stem)
def test_every_panel_has_a_place_of_its_own_a_help_and_a_source_that_can_be_chosen(path: Any) -> None:
    board = json.loads(path.read_text())
    assert path.stem == board["uid"]
    taken: set[tuple[int, int]] = set()
    for panel in board["panels"]:
        place = panel["gridPos"]
        across, down = range(place["x"], place["x"] + place["w"]), range(place["y"], place["y"] + place["h"])
        cells = {(x, y) for x in across for y in down}
        assert cells & taken == set()
        assert max(across) < 24
        taken |= cells
        assert panel["description"]
        assert {"${datasource}"} == {where["datasource"]["uid"] for where in [panel, *panel["targets"]]}
    assert len(board["panels"]) == len({panel["id"] for panel in board["panels"]})
    assert "datasource" in {variable["name"] for variable in board["templating"]["list"]}


def test_the_provisioning_files_lead_to_each_other() -> None:
    folder = DEPLOY / "grafana" / "provisioning"
    (provider,) = yaml.safe_load((folder / "dashboards" / "jitsi-supervisor.yaml").read_text())["providers"]
    unit = (DEPLOY / "jitsi-supervisor.service").read_text()
    installed = re.search(r"ExecStart=(/\S+?)/\.venv/", unit)
    assert installed is not None
    assert f"{installed[1]}/deploy/grafana/dashboards" == provider["options"]["path"]
    (source,) = yaml.safe_load((folder / "datasources" / "jitsi-supervisor.yaml").read_text())["datasources"]
    assert ("prometheus", "jitsi-supervisor-prometheus") == (source["type"], source["uid"])
