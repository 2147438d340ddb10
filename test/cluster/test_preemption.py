"""Preemption: a hundred small clusters side by side, told apart by a label of their nodes."""

from __future__ import annotations

import dataclasses
import random

import pytest

from rig import accounting, nodes, scheduler
from rig.api import ApiError, Json
from rig.audit import Audit, succeeded
from rig.light_app import LightApp
from rig.pod_run import SLEEP_IMAGE
from rig.waiting import wait_for
from rig.workspace import Workspace

CELLS = 100
CELL_LABEL = "cell"
CLASSES = {"preemption-minus-20": -20, "preemption-minus-10": -10, "preemption-10": 10, "preemption-20": 20}
# Of a gang: its driver and executors name no class.
GANG_PRIORITY = 0
SETTLE_S = 90.0


@dataclasses.dataclass
class Cell:
    """One small cluster. All pods ask one CPU, so that what fits is a matter of counting."""

    name: str
    cpus: int = 0
    present: dict[str, int] = dataclasses.field(default_factory=dict)  # pod name to priority
    members: int = 1
    priority: int = GANG_PRIORITY
    preemptor: str = ""

    @property
    def free(self) -> int:
        return self.cpus - len(self.present)

    @property
    def evictable(self) -> int:
        return sum(priority < self.priority for priority in self.present.values())

    @property
    def victims_needed(self) -> int:
        """How many must leave; 0 when it fits as it is, or never."""
        missing = self.members - self.free
        return missing if 0 < missing <= self.evictable else 0

    @property
    def fits(self) -> bool:
        return self.members <= self.free + self.evictable


@pytest.mark.usefixtures("muster")
def test_a_hundred_small_clusters(workspace: Workspace) -> None:
    """Victims are of lower priority, no more than needed, and only where the whole gang then fits."""
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    source = random.Random(seed)
    _ensure_classes(workspace)
    cells = [_fill(workspace, source, Cell(f"{workspace.namespace}-{number}")) for number in range(CELLS)]
    assert any(cell.victims_needed for cell in cells)
    assert not all(cell.fits for cell in cells)
    log = Audit(workspace.cluster.audit_log)
    for cell in cells:
        _submit(workspace, source, cell)

    def unserved() -> list[str]:
        bound = {pod["metadata"]["name"] for pod in workspace.pods() if pod["spec"].get("nodeName")}
        return [cell.name for cell in cells if cell.fits and cell.preemptor not in bound]

    wait_for("every gang that fits to be placed", lambda: not unserved(), SETTLE_S, every_s=1.0)
    deletes = [entry for entry in log.writes(scheduler.USER, workspace.namespace) if _is_deletion(entry)]
    assert all(succeeded(entry) for entry in deletes)
    victims = [entry["objectRef"]["name"] for entry in deletes]
    for cell in cells:
        mine = [name for name in victims if name in cell.present]
        assert all(cell.present[name] < cell.priority for name in mine), (seed, cell, mine)
        assert len(mine) == cell.victims_needed, (seed, cell, mine)
        lowest = sorted(cell.present.values())[: len(mine)]
        assert sorted(cell.present[name] for name in mine) == lowest, (seed, cell, mine)
        _check_room(workspace, cell)
    assert len(victims) == sum(cell.victims_needed for cell in cells)
    for entry in deletes:
        assert entry["requestObject"]["preconditions"]["uid"], "a delete without a UID could meet another pod"
    assert not accounting.overcommitted(workspace.api)


@pytest.mark.usefixtures("muster")
def test_victims_are_told_and_a_budget_is_respected(workspace: Workspace) -> None:
    """The condition, the events and the nominated node are those of kube-scheduler."""
    _ensure_classes(workspace)
    cell = Cell(f"{workspace.namespace}-0", cpus=2)
    node = f"{cell.name}-n0"
    workspace.node_names.append(node)
    nodes.create(workspace.api, nodes.NodeSpec(node, cpu="2", labels={CELL_LABEL: cell.name}))
    guarded = _create_bound(workspace, cell, "guarded", node, "preemption-minus-20", grace_s=15)
    _create_bound(workspace, cell, "open", node, "preemption-minus-10", grace_s=15)
    # The test's kubelet ends pods at once; this one shall take its time.
    _set_finalizers(workspace, "open", ["rig.muster.dev/takes-its-time"])
    budget = {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "keep"},
              "spec": {"maxUnavailable": 0, "selector": {"matchLabels": {"pod": guarded}}}}
    workspace.api.create(f"/apis/policy/v1/namespaces/{workspace.namespace}/poddisruptionbudgets", budget)
    workspace.api.create(workspace.path("pods"), _pod("wants", cell, "preemption-20", scheduler.NAME))

    wait_for("the nomination", lambda: _status(workspace, "wants").get("nominatedNodeName") == node, 20)
    wait_for("the event", lambda: workspace.events("open", "Preempted"), 20)
    state = accounting.condition(workspace.pod("open") or {}, "DisruptionTarget")
    assert (state["status"], state["reason"]) == ("True", "PreemptionByScheduler")
    assert state["message"] == f"{scheduler.NAME}: preempting to accommodate a higher priority pod"
    preemptor = (workspace.pod("wants") or {})["metadata"]["uid"]
    notes = [event["note"] for event in workspace.events("open", "Preempted")]
    assert notes == [f"Preempted by pod {preemptor} on node {node}"]
    assert not (workspace.pod("wants") or {})["spec"].get("nodeName"), "its victim is still there"
    _set_finalizers(workspace, "open", [])
    wait_for("the pod to be bound", lambda: (workspace.pod("wants") or {})["spec"].get("nodeName") == node, 40)
    assert "deletionTimestamp" not in (workspace.pod(guarded) or {})["metadata"]


def _check_room(workspace: Workspace, cell: Cell) -> None:
    """What is placed is whole, and has room."""
    pods = workspace.pods(selector=f"cell={cell.name}")
    alive = [pod for pod in pods if pod["spec"].get("nodeName")]
    preemptor = next(pod for pod in pods if pod["metadata"]["name"] == cell.preemptor)
    assert bool(preemptor["spec"].get("nodeName")) == cell.fits, cell
    plan = accounting.plan(preemptor)
    slots = sum(accounting.slots(plan).values()) if plan else 0
    assert slots == (cell.members - 1 if cell.fits else 0), cell
    assert len(alive) + slots <= cell.cpus, cell


def _ensure_classes(workspace: Workspace) -> None:
    for name, value in CLASSES.items():
        body = {"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": {"name": name},
                "value": value}
        try:
            workspace.api.create("/apis/scheduling.k8s.io/v1/priorityclasses", body)
        except ApiError as error:
            if error.code != 409:
                raise
    # Admission takes the classes from a cache that may lag behind by a moment.
    for name in CLASSES:
        wait_for(f"class {name}", lambda name=name: _admitted(workspace, name), 20)  # type: ignore[misc]


def _admitted(workspace: Workspace, priority_class: str) -> bool:
    try:
        workspace.api.create(workspace.path("pods?dryRun=All"),
                             _pod("probe", Cell("none"), priority_class, "nobody"))
    except ApiError:
        return False
    return True


def _fill(workspace: Workspace, source: random.Random, cell: Cell) -> Cell:
    """Nodes, and pods that another scheduler has bound to them."""
    for number in range(source.randint(1, 3)):
        cpus = source.randint(1, 4)
        node = f"{cell.name}-n{number}"
        workspace.node_names.append(node)
        nodes.create(workspace.api, nodes.NodeSpec(node, cpu=str(cpus), labels={CELL_LABEL: cell.name}))
        for index in range(source.randint(0, cpus)):
            priority_class = source.choice(list(CLASSES))
            name = f"c{cell.name.rsplit('-', 1)[1]}-{number}-{index}"
            _create_bound(workspace, cell, name, node, priority_class, grace_s=source.choice((0, 1, 3)))
            cell.present[name] = CLASSES[priority_class]
        cell.cpus += cpus
    return cell


def _submit(workspace: Workspace, source: random.Random, cell: Cell) -> None:
    if source.random() < 0.5:
        executors = source.randint(1, 5)
        cell.members = executors + 1
        selector = {f"spark.kubernetes.node.selector.{CELL_LABEL}": cell.name}
        app = LightApp(workspace, executors, scheduler.NAME, properties=selector,
                       node_selector={CELL_LABEL: cell.name}).submit()
        cell.preemptor = app.driver_name
    else:
        priority_class = source.choice(list(CLASSES))
        cell.priority = CLASSES[priority_class]
        cell.preemptor = f"single-{cell.name.rsplit('-', 1)[1]}"
        workspace.api.create(workspace.path("pods"), _pod(cell.preemptor, cell, priority_class, scheduler.NAME))


def _pod(name: str, cell: Cell, priority_class: str, scheduler_name: str, grace_s: int = 1) -> Json:
    container = {"name": "main", "image": SLEEP_IMAGE, "resources": {"requests": {"cpu": "1"}}}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": {"pod": name, CELL_LABEL: cell.name}},
        "spec": {"schedulerName": scheduler_name, "priorityClassName": priority_class, "restartPolicy": "Never",
                 "terminationGracePeriodSeconds": grace_s, "nodeSelector": {CELL_LABEL: cell.name},
                 "containers": [container]},
    }


def _create_bound(workspace: Workspace, cell: Cell, name: str, node: str, priority_class: str, grace_s: int) -> str:
    workspace.api.create(workspace.path("pods"), _pod(name, cell, priority_class, "nobody", grace_s))
    target = {"apiVersion": "v1", "kind": "Node", "name": node}
    workspace.api.create(f"{workspace.path('pods', name)}/binding",
                         {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": name}, "target": target})
    return name


def _set_finalizers(workspace: Workspace, name: str, finalizers: list[str]) -> None:
    workspace.api.patch(workspace.path("pods", name), {"metadata": {"finalizers": finalizers or None}})


def _status(workspace: Workspace, name: str) -> Json:
    return (workspace.pod(name) or {}).get("status", {})


def _is_deletion(entry: Json) -> bool:
    return entry["verb"] == "delete" and entry["objectRef"]["resource"] == "pods"
