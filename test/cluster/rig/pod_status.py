"""The status that a kubelet reports for a pod."""

from __future__ import annotations

import datetime

from rig.api import STRATEGIC, Api, Json

NODE_IP = "127.0.0.1"


def pod_path(pod: Json) -> str:
    return f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/{pod['metadata']['name']}"


def report(api: Api, pod: Json, status: Json) -> Json:
    """Writes the status; strategic merge, which keeps the conditions that others own (PodScheduled)."""
    body = {"metadata": {"uid": pod["metadata"]["uid"]}, "status": status}
    return api.patch(f"{pod_path(pod)}/status", body, STRATEGIC)


def remove(api: Api, pod: Json) -> None:
    """The kubelet's last word on a deleted pod: nothing of it runs any more."""
    api.delete(pod_path(pod), grace_s=0)


def running(pod: Json, ip: str, restarts: int = 0) -> Json:
    now = _now()
    state = {"running": {"startedAt": now}}
    return {
        "phase": "Running",
        "hostIP": NODE_IP,
        "hostIPs": [{"ip": NODE_IP}],
        "podIP": ip,
        "podIPs": [{"ip": ip}],
        "startTime": now,
        "conditions": _conditions(now, ready=True),
        "containerStatuses": _container_statuses(pod, state, ready=True, restarts=restarts),
    }


def between(pod: Json, exit_code: int, restarts: int) -> Json:
    """A pod whose container ended and is about to be started again: it stays Running, but not ready."""
    now = _now()
    waiting = {"waiting": {"reason": "CrashLoopBackOff", "message": f"the container ended with {exit_code}"}}
    return {
        "phase": "Running",
        "conditions": _conditions(now, ready=False),
        "containerStatuses": _container_statuses(pod, waiting, ready=False, restarts=restarts),
    }


def finished(pod: Json, exit_code: int, message: str = "") -> Json:
    now = _now()
    reason = "Completed" if exit_code == 0 else "Error"
    started = pod.get("status", {}).get("startTime", now)
    ended = {"exitCode": exit_code, "reason": reason, "startedAt": started, "finishedAt": now, "message": message}
    return {
        "phase": "Succeeded" if exit_code == 0 else "Failed",
        "message": message,
        "conditions": _conditions(now, ready=False),
        "containerStatuses": _container_statuses(pod, {"terminated": ended}, ready=False),
    }


def _conditions(now: str, ready: bool) -> list[Json]:
    word = "True" if ready else "False"
    states = {"PodReadyToStartContainers": "True", "Initialized": "True", "ContainersReady": word, "Ready": word}
    return [{"type": t, "status": s, "lastTransitionTime": now} for t, s in states.items()]


def _container_statuses(pod: Json, state: Json, ready: bool, restarts: int = 0) -> list[Json]:
    uid = pod["metadata"]["uid"]
    return [
        {
            "name": container["name"],
            "image": container["image"],
            "imageID": container["image"],
            "containerID": f"process://{uid}-{container['name']}",
            "ready": ready,
            "started": ready,
            "restartCount": restarts,
            "state": state,
        }
        for container in pod["spec"]["containers"]
    ]


def _now() -> str:
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
