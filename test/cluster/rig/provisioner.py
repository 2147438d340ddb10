"""A provisioner that makes volumes as a CSI driver's would: when a claim's annotation names a node."""

from __future__ import annotations

import threading

from rig.api import ApiError, Json
from rig.workspace import Workspace

SELECTED_NODE = "volume.kubernetes.io/selected-node"
PROVISIONER = "provisioner.example.com"
PERIOD_S = 0.2


class Provisioner:
    """Serves the claims of one workspace from a thread of its own, while it is entered."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._api = workspace.api
        self.storage_class = f"made-{workspace.namespace}"
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._volumes: list[str] = []

    def __enter__(self) -> Provisioner:
        self._api.create("/apis/storage.k8s.io/v1/storageclasses", {
            "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": self.storage_class},
            "provisioner": PROVISIONER, "volumeBindingMode": "WaitForFirstConsumer", "reclaimPolicy": "Retain"})
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(timeout=10)
        self._api.delete(f"/apis/storage.k8s.io/v1/storageclasses/{self.storage_class}")
        for name in self._volumes:
            self._api.delete(f"/api/v1/persistentvolumes/{name}")

    def create_claim(self, name: str, owner: Json | None = None) -> Json:
        metadata: Json = {"name": name}
        if owner:
            metadata["ownerReferences"] = [owner]
        return self._api.create(self._workspace.path("persistentvolumeclaims"), {
            "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata,
            "spec": {"storageClassName": self.storage_class, "accessModes": ["ReadWriteOnce"],
                     "resources": {"requests": {"storage": "1Gi"}}}})

    def node_of(self, claim: str) -> str:
        """The node for which the claim's volume was asked; "" when none was."""
        found = self._api.get(self._workspace.path("persistentvolumeclaims", claim))
        return str(found["metadata"].get("annotations", {}).get(SELECTED_NODE, ""))

    def _serve(self) -> None:
        while not self._stop.wait(PERIOD_S):
            try:
                for claim in self._api.list(self._workspace.path("persistentvolumeclaims")):
                    self._make(claim)
            except ApiError:
                continue  # the object has changed, or the namespace is going: the next round tells

    def _make(self, claim: Json) -> None:
        node = claim["metadata"].get("annotations", {}).get(SELECTED_NODE)
        name = f"pv-{claim['metadata']['uid']}"
        if not node or name in self._volumes:
            return
        reference = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "namespace": self._workspace.namespace,
                     "name": claim["metadata"]["name"], "uid": claim["metadata"]["uid"]}
        on_node = {"key": "kubernetes.io/hostname", "operator": "In", "values": [node]}
        self._api.create("/api/v1/persistentvolumes", {
            "apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": name},
            "spec": {"storageClassName": self.storage_class, "accessModes": ["ReadWriteOnce"],
                     "capacity": {"storage": "1Gi"}, "claimRef": reference,
                     "persistentVolumeReclaimPolicy": "Retain",
                     "csi": {"driver": PROVISIONER, "volumeHandle": name},
                     "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [on_node]}]}}}})
        self._volumes.append(name)
