"""What a gang costs the API server."""

from __future__ import annotations

from collections import Counter

import pytest

from rig import audit, scheduler
from rig.light_app import LightApp
from rig.waiting import wait_for
from rig.workspace import Workspace

EXECUTORS = 20


@pytest.mark.usefixtures("muster")
def test_a_gang_that_fits_costs_its_bindings_and_little_else(workspace: Workspace) -> None:
    workspace.add_nodes(4)
    log = audit.Audit(workspace.cluster.audit_log)
    app = LightApp(workspace, EXECUTORS, scheduler.NAME).submit().play()
    wait_for("the application to be whole", app.whole, 60)
    # Events are written last and by the way; they have no later sign that could be waited for.
    wait_for("the last executor's event", lambda: _events_of_executors(log, workspace, app).total() >= EXECUTORS, 10)

    writes = log.writes(scheduler.USER, workspace.namespace)
    bindings = [entry for entry in writes if audit.is_binding(entry)]
    others = [entry for entry in writes if not audit.is_binding(entry) and not audit.is_event(entry)]
    assert len(bindings) == EXECUTORS + 1
    assert all(audit.succeeded(entry) for entry in writes), [e for e in writes if not audit.succeeded(e)]
    assert len(others) <= 3, [(e["verb"], e["requestURI"]) for e in others]
    assert max(_events_of_executors(log, workspace, app).values()) == 1


def _events_of_executors(log: audit.Audit, workspace: Workspace, app: LightApp) -> Counter[str]:
    """How many event writes each executor has had."""
    names = [
        entry.get("requestObject", {}).get("regarding", {}).get("name", entry["objectRef"].get("name", ""))
        for entry in log.writes(scheduler.USER, workspace.namespace)
        if audit.is_event(entry)
    ]
    return Counter(name for name in names if name != app.driver_name)
