"""manifests/ on a real API server, and the rights that it grants."""

from __future__ import annotations

import os
import pathlib
import subprocess
from collections.abc import Iterator

import pytest

from rig import scheduler
from rig.api import Api, Json, service_account_kubeconfig
from rig.cache import RIG_ROOT
from rig.control_plane import Cluster
from rig.scheduler import MANIFESTS, NAMESPACE, USER, kubectl
from rig.spark_install import ensure_spark
from rig.waiting import wait_for

EXAMPLES = MANIFESTS / "examples"


@pytest.fixture
def installed(cluster: Cluster) -> Iterator[Cluster]:
    kubectl(cluster, "apply", "-f", str(MANIFESTS))
    yield cluster
    # Its pod has no image here; the account and the rights stay for the other tests.
    for name in ("30-deployment.yaml", "40-disruption-budget.yaml"):
        kubectl(cluster, "delete", "-f", str(MANIFESTS / name), "--wait=true", "--timeout=60s")


@pytest.fixture
def spark_namespace(cluster: Cluster) -> Iterator[Cluster]:
    kubectl(cluster, "apply", "-f", str(EXAMPLES / "spark-namespace.yaml"))
    wait_for("the CA of namespace spark",
             lambda: cluster.api().find("/api/v1/namespaces/spark/configmaps/kube-root-ca.crt"), 30)
    yield cluster
    kubectl(cluster, "delete", "pods", "--all", "-n", "spark", "--force", "--grace-period=0")
    kubectl(cluster, "delete", "namespace", "spark", "--wait=true", "--timeout=60s")


def test_manifests_apply_twice_and_again_change_nothing(installed: Cluster) -> None:
    again = kubectl(installed, "apply", "-f", str(MANIFESTS)).stdout.splitlines()
    assert again
    # kubectl sends the selector of a budget each time, and says "configured" although nothing changes.
    budget = "poddisruptionbudget.policy/muster"
    assert not [line for line in again if not line.endswith(" unchanged") and not line.startswith(budget)]
    path = f"/apis/policy/v1/namespaces/{NAMESPACE}/poddisruptionbudgets/muster"
    assert installed.api().get(path)["metadata"]["generation"] == 1


def test_pod_meets_the_restricted_profile(installed: Cluster) -> None:
    """The namespace enforces the profile, so a pod that breaks it is never created."""
    pods = wait_for("the deployment's pod", lambda: installed.api().list(f"/api/v1/namespaces/{NAMESPACE}/pods"), 30)
    spec = pods[0]["spec"]
    assert spec["serviceAccountName"] == "muster"
    assert any("projected" in volume for volume in spec["volumes"]), "the token is not mounted"


@pytest.mark.parametrize(
    ("verb", "resource", "expected"),
    [
        ("list", "pods", True), ("watch", "nodes", True), ("watch", "persistentvolumeclaims", True),
        ("list", "csistoragecapacities.storage.k8s.io", True), ("watch", "poddisruptionbudgets.policy", True),
        ("watch", "priorityclasses.scheduling.k8s.io", True),
        ("watch", "services", True), ("list", "replicationcontrollers", True), ("watch", "replicasets.apps", True),
        ("list", "statefulsets.apps", True), ("watch", "deployments.apps", False), ("update", "services", False),
        ("list", "namespaces", True), ("patch", "persistentvolumeclaims", True),
        ("delete", "persistentvolumeclaims", False),
        ("create", "persistentvolumes", False),
         ("create", "pods/binding", True),
        ("patch", "pods/status", True), ("create", "events.events.k8s.io", True), ("get", "configmaps", True),
        ("list", "configmaps", False), ("watch", "configmaps", False), ("get", "secrets", False),
        ("delete", "pods", True), ("deletecollection", "pods", False), ("patch", "pods", False), ("create", "pods", False),
        ("update", "nodes", False), ("create", "pods/exec", False), ("impersonate", "users", False),
    ],
)
def test_rights(installed: Cluster, verb: str, resource: str, expected: bool) -> None:
    resource, _, subresource = resource.partition("/")
    arguments = ["auth", "can-i", verb, resource, f"--as={USER}", "-n", "default"]
    if subresource:
        arguments.append(f"--subresource={subresource}")
    answer = kubectl(installed, *arguments, check=False).stdout.strip()
    assert answer == ("yes" if expected else "no")


@pytest.mark.parametrize(
    ("verb", "lease", "namespace", "expected"),
    [
        ("create", "", NAMESPACE, True), ("get", "muster", NAMESPACE, True), ("update", "muster", NAMESPACE, True),
        ("get", "other", NAMESPACE, False), ("update", "other", NAMESPACE, False), ("patch", "muster", NAMESPACE, False),
        ("delete", "muster", NAMESPACE, False), ("list", "", NAMESPACE, False), ("watch", "", NAMESPACE, False),
        ("create", "", "kube-system", False), ("update", "muster", "kube-system", False),
    ],
)
def test_rights_to_the_lease(installed: Cluster, verb: str, lease: str, namespace: str, expected: bool) -> None:
    resource = f"leases.coordination.k8s.io/{lease}" if lease else "leases.coordination.k8s.io"
    answer = kubectl(installed, "auth", "can-i", verb, resource, f"--as={USER}", "-n", namespace, check=False)
    assert answer.stdout.strip() == ("yes" if expected else "no")


def test_two_replicas_of_which_one_may_be_disrupted(installed: Cluster) -> None:
    api = installed.api()
    deployment = api.get(f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments/muster")
    budget = api.get(f"/apis/policy/v1/namespaces/{NAMESPACE}/poddisruptionbudgets/muster")
    assert deployment["spec"]["replicas"] == 2
    assert budget["spec"]["minAvailable"] == 1
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    assert budget["spec"]["selector"]["matchLabels"].items() <= labels.items()
    terms = deployment["spec"]["template"]["spec"]["affinity"]["podAntiAffinity"]
    term = terms["preferredDuringSchedulingIgnoredDuringExecution"][0]["podAffinityTerm"]
    assert term["topologyKey"] == "kubernetes.io/hostname"
    assert term["labelSelector"]["matchLabels"].items() <= labels.items()


@pytest.mark.parametrize("name", ["muster", "muster-leader-election"])
def test_flow_schemas_name_levels_that_are_there(installed: Cluster, name: str) -> None:
    path = f"/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas/{name}"

    def dangling() -> str:
        conditions = installed.api().get(path).get("status", {}).get("conditions", [])
        return str(next((c["status"] for c in conditions if c["type"] == "Dangling"), ""))

    assert wait_for("the server's word on the schema", dangling, 15) == "False"


def test_roles_have_no_wildcards(installed: Cluster) -> None:
    rules = [rule for role in ("muster-scheduler", "muster-spark-settings") for rule in _rules(installed.api(), role)]
    words = [word for rule in rules for key in ("apiGroups", "resources", "verbs") for word in rule[key]]
    assert "*" not in words
    assert "secrets" not in words


def test_spark_application_example_is_accepted(spark_namespace: Cluster) -> None:
    crd = str(RIG_ROOT / "sparkapplication_crd.yaml")
    kubectl(spark_namespace, "apply", "-f", crd)
    kubectl(spark_namespace, "wait", "--for=condition=Established", "--timeout=30s", "-f", crd)
    try:
        example = str(EXAMPLES / "spark-application.yaml")
        # Strict: a field that the schema does not know is an error and not a warning.
        wait_for("the example to be taken", lambda: kubectl(
            spark_namespace, "apply", "--server-side", "--validate=strict", "-f", example, check=False
        ).returncode == 0, 20, every_s=1)
        path = "/apis/sparkoperator.k8s.io/v1beta2/namespaces/spark/sparkapplications/pi"
        assert spark_namespace.api().get(path)["spec"]["sparkConf"]["spark.kubernetes.scheduler.name"] == scheduler.NAME
    finally:
        kubectl(spark_namespace, "delete", "-f", crd, "--timeout=60s")


def test_spark_submit_example_chooses_muster(spark_namespace: Cluster, tmp_path: pathlib.Path) -> None:
    """The script is run as it is; its driver then waits, since no Muster is there."""
    api = spark_namespace.api()
    identity = tmp_path / "spark.kubeconfig"
    service_account_kubeconfig(api, spark_namespace.ca, "spark", "spark", identity)
    env = os.environ | {
        "SPARK_HOME": str(ensure_spark().home),
        "MASTER": f"k8s://{spark_namespace.server}",
        "KUBECONFIG": str(identity),
    }
    with open(tmp_path / "submit.log", "wb") as log:
        submit = subprocess.Popen([str(EXAMPLES / "spark-submit.sh")], env=env, stdout=log, stderr=log)
    try:
        driver = wait_for("the driver", lambda: _driver(api), 60)
        assert driver["spec"]["schedulerName"] == scheduler.NAME
        wait_for("the executors' template", lambda: _template_config_map(api), 30)
    finally:
        # spark-submit waits for the application's end, which does not come here.
        submit.kill()
        submit.wait(timeout=10)


def _rules(api: Api, role: str) -> list[Json]:
    return list(api.get(f"/apis/rbac.authorization.k8s.io/v1/clusterroles/{role}")["rules"])


def _driver(api: Api) -> Json | None:
    drivers = api.list("/api/v1/namespaces/spark/pods", labelSelector="spark-role=driver")
    return drivers[0] if drivers else None


def _template_config_map(api: Api) -> bool:
    """The template that executors will get names Muster too."""
    maps = api.list("/api/v1/namespaces/spark/configmaps")
    found = [m for m in maps if m["metadata"]["name"].endswith("-driver-podspec-conf-map")]
    return any(f"schedulerName: {scheduler.NAME}" in text for m in found for text in m["data"].values())
