"""Pods that are nobody's gang: of kube-scheduler, or bound by the test itself."""

from __future__ import annotations

from rig.api import Json
from rig.pod_run import SLEEP_IMAGE
from rig.workspace import Workspace


def create(workspace: Workspace, name: str, cpu: str, scheduler: str = "default-scheduler") -> Json:
    container = {"name": "main", "image": SLEEP_IMAGE, "resources": {"requests": {"cpu": cpu, "memory": "64Mi"}}}
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": {"stranger": "yes"}},
        "spec": {"schedulerName": scheduler, "restartPolicy": "Never", "containers": [container]},
    }
    return workspace.api.create(workspace.path("pods"), pod)


def create_bound(workspace: Workspace, name: str, cpu: str, node: str) -> None:
    """Creates a pod of a scheduler that is not there, and binds it in that scheduler's place."""
    create(workspace, name, cpu, scheduler="nobody")
    binding = {
        "apiVersion": "v1",
        "kind": "Binding",
        "metadata": {"name": name},
        "target": {"apiVersion": "v1", "kind": "Node", "name": node},
    }
    workspace.api.create(f"{workspace.path('pods', name)}/binding", binding)


def bound(workspace: Workspace) -> int:
    return sum(bool(pod["spec"].get("nodeName")) for pod in workspace.pods(selector="stranger=yes"))
