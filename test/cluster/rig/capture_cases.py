"""What is asked of real Spark when its executors are captured: one case for each rule of the prediction."""

from __future__ import annotations

import dataclasses

JAVA = "java"
PYTHON = "python"
NEVER = (99, 0)
PRIORITY_CLASS = "etl-high"

EXECUTOR_TEMPLATE = f"""\
apiVersion: v1
kind: Pod
metadata:
  name: ignored-name
  labels: {{team: etl, tier: batch, spark-role: ignored}}
  annotations: {{example.com/owner: etl}}
spec:
  priorityClassName: {PRIORITY_CLASS}
  terminationGracePeriodSeconds: 45
  nodeSelector: {{disktype: ssd}}
  tolerations:
  - {{key: dedicated, operator: Equal, value: spark, effect: NoSchedule}}
  - {{key: spot, operator: Exists, effect: NoExecute, tolerationSeconds: 600}}
  affinity:
    nodeAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
        nodeSelectorTerms:
        - matchExpressions: [{{key: topology.kubernetes.io/zone, operator: In, values: [za, zb]}}]
      preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 10
        preference: {{matchExpressions: [{{key: disktype, operator: NotIn, values: [hdd]}}]}}
  initContainers:
  - name: fetch-jars
    image: busybox:1.36
    command: [sh, -c, "echo fetch"]
    resources: {{requests: {{cpu: "3", memory: 6Gi, ephemeral-storage: 1Gi}}, limits: {{memory: 6Gi}}}}
  containers:
  - name: executor-main
    image: overridden:latest
    resources:
      requests: {{cpu: 250m, memory: 700Mi, ephemeral-storage: 5Gi}}
      limits: {{cpu: "3", memory: 9Gi, ephemeral-storage: 8Gi}}
  - name: log-shipper
    image: fluent/fluent-bit:3.1
    resources: {{requests: {{cpu: 100m, memory: 128Mi}}, limits: {{memory: 256Mi}}}}
"""
NAMED_TEMPLATE = """\
apiVersion: v1
kind: Pod
spec:
  schedulerName: muster
  containers:
  - name: metrics
    image: prom/statsd-exporter:v0.27.1
    resources: {requests: {cpu: 150m, memory: 200Mi}, limits: {cpu: 300m, memory: 200Mi}}
  - name: spark-main
    image: overridden:latest
    resources:
      requests: {cpu: "7", memory: 1Gi, ephemeral-storage: 2Gi, example.com/fpga: "1"}
      limits: {example.com/fpga: "1"}
    volumeMounts: [{name: scratch, mountPath: /scratch}]
  volumes: [{name: scratch, emptyDir: {sizeLimit: 20Gi}}]
"""
SIDECAR_TEMPLATE = """\
apiVersion: v1
kind: Pod
spec:
  initContainers:
  - name: proxy
    image: envoyproxy/envoy:v1.31
    restartPolicy: Always
    resources: {requests: {cpu: 200m, memory: 300Mi}, limits: {memory: 300Mi}}
  - name: warm-up
    image: busybox:1.36
    command: [sh, -c, "true"]
    resources: {requests: {cpu: "2", memory: 1Gi}}
  containers:
  - name: executor-main
    image: overridden:latest
"""
BETWEEN_PODS_TEMPLATE = """\
apiVersion: v1
kind: Pod
spec:
  affinity:
    podAntiAffinity:
      preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 100
        podAffinityTerm: {labelSelector: {matchLabels: {spark-role: executor}}, topologyKey: kubernetes.io/hostname}
  topologySpreadConstraints:
  - maxSkew: 2
    topologyKey: topology.kubernetes.io/zone
    whenUnsatisfiable: ScheduleAnyway
    labelSelector: {matchLabels: {spark-role: executor}}
"""
ROLE_TEMPLATE = """\
apiVersion: v1
kind: Pod
metadata:
  labels: {team: etl}
spec:
  schedulerName: muster
  nodeSelector: {pool: workers, arch: from-template}
  tolerations:
  - {key: dedicated, operator: Equal, value: spark, effect: NoSchedule}
"""


@dataclasses.dataclass(frozen=True)
class Case:
    """The settings of one application, the executors it must get, and the versions that know the settings."""

    kind: str
    count: int
    conf: dict[str, str] = dataclasses.field(default_factory=dict)
    executor_template: str = ""
    driver_template: str = ""
    since: tuple[int, int] = (3, 3)
    before: tuple[int, int] = NEVER

    def suits(self, version: str) -> bool:
        major, minor = version.split(".")[:2]
        return self.since <= (int(major), int(minor)) < self.before


def _executor(count: int = 2, **settings: str) -> dict[str, str]:
    """Settings under spark.executor; an underscore stands for a dot."""
    found = {f"spark.executor.{key.replace('_', '.')}": value for key, value in settings.items()}
    return found | {"spark.executor.instances": str(count)}


def _dynamic(**settings: int) -> dict[str, str]:
    found = {f"spark.dynamicAllocation.{key}": str(value) for key, value in settings.items()}
    switches = {"enabled": "true", "shuffleTracking.enabled": "true"}
    return found | {f"spark.dynamicAllocation.{key}": value for key, value in switches.items()}


OFF_HEAP = {"spark.memory.offHeap.enabled": "true", "spark.memory.offHeap.size": "1500000k"}
GPU = {"resource_gpu_amount": "2", "resource_gpu_vendor": "nvidia.com", "resource_gpu_discoveryScript": "/opt/gpus.sh"}
SELECTORS = {
    "spark.kubernetes.node.selector.pool": "workers",
    "spark.kubernetes.node.selector.zone": "za",
    "spark.kubernetes.executor.node.selector.disk": "ssd",
    "spark.kubernetes.driver.node.selector.pool": "drivers",
}
LABELS = {
    "spark.kubernetes.executor.label.team": "etl",
    "spark.kubernetes.executor.annotation.example.com/run": "nightly",
    "spark.kubernetes.driver.label.team": "other",
}
SCHEDULERS = {"spark.kubernetes.scheduler.name": "other", "spark.kubernetes.executor.scheduler.name": "third"}
VOLUME = "spark.kubernetes.executor.volumes.emptyDir.scratch"
BURSTY = {"spark.executor.memoryOverheadBursty.enabled": "true", "spark.executor.memoryOverheadBursty.factor": "1.2"}

# spark-submit itself wants literal cores, memory and instances; of the other entries it leaves all to the driver.
REFERENCES = {
    "spark.executor.memoryOverhead": "${spark.my.overhead}",
    "spark.my.overhead": "${spark.my.hundreds}00m",
    "spark.my.hundreds": "7",
    "spark.kubernetes.executor.request.cores": "${spark.my.hundreds}50m",
    "spark.kubernetes.executor.limit.cores": "${spark.executor.cores}",
}

CASES: dict[str, Case] = {
    "01-java-minimal": Case(JAVA, 2),
    "01-java-sized": Case(JAVA, 5, _executor(5, memory="6g", cores="4")),
    "02-python-minimal": Case(PYTHON, 2),
    "03-python-instances-7": Case(PYTHON, 7, _executor(7, cores="2", memory="4g")),
    "04-overhead-1g": Case(PYTHON, 3, _executor(3, memory="4g", memoryOverhead="1g")),
    "04-overhead-below-minimum": Case(JAVA, 2, _executor(memory="2g", memoryOverhead="100m")),
    "05-executor-overhead-factor": Case(PYTHON, 3, _executor(3, memory="8g", memoryOverheadFactor="0.3")),
    "05-kubernetes-overhead-factor": Case(
        PYTHON, 3, _executor(3, memory="8g") | {"spark.kubernetes.memoryOverheadFactor": "0.25"}),
    "05-both-overhead-factors": Case(
        JAVA, 3, _executor(3, memory="8g", memoryOverheadFactor="0.3")
        | {"spark.kubernetes.memoryOverheadFactor": "0.25"}),
    "06-pyspark-memory": Case(PYTHON, 3, _executor(3, memory="2g", pyspark_memory="512m")),
    "06-pyspark-memory-java-app": Case(JAVA, 3, _executor(3, memory="2g", pyspark_memory="512m")),
    "07-off-heap": Case(JAVA, 2, _executor(memory="4g") | OFF_HEAP),
    "07-off-heap-disabled": Case(JAVA, 2, _executor(memory="4g") | {"spark.memory.offHeap.size": "2g"}),
    # Before 4.0 the key says nothing and the floor is 384 MiB; both are worth a capture.
    "07-minimum-overhead": Case(JAVA, 2, _executor(memory="1g", minMemoryOverhead="700m")),
    "08-request-cores-and-cores": Case(
        PYTHON, 4, _executor(4, cores="3", memory="2560m") | {"spark.kubernetes.executor.request.cores": "1500m"}),
    "08-request-limit-cores": Case(
        JAVA, 2, {"spark.kubernetes.executor.request.cores": "900m", "spark.kubernetes.executor.limit.cores": "2"}),
    "09-gpu-with-vendor": Case(JAVA, 2, _executor(cores="2", **GPU)),
    "10-node-selectors": Case(JAVA, 2, _executor() | SELECTORS),
    "11-executor-template": Case(PYTHON, 3, _executor(3, cores="2", memory="3g"), EXECUTOR_TEMPLATE),
    "11-driver-and-executor-templates": Case(PYTHON, 4, _executor(4, memory="2g"), ROLE_TEMPLATE, ROLE_TEMPLATE),
    "11-template-container-name": Case(
        PYTHON, 3, _executor(3, cores="2", memory="3g")
        | {"spark.kubernetes.executor.podTemplateContainerName": "spark-main"}, NAMED_TEMPLATE),
    "11-template-native-sidecar": Case(JAVA, 2, _executor(), SIDECAR_TEMPLATE),
    "11-template-between-pods": Case(JAVA, 2, _executor(), BETWEEN_PODS_TEMPLATE),
    "12-dynamic-initial-4": Case(
        PYTHON, 4, _dynamic(initialExecutors=4, minExecutors=2, maxExecutors=10) | {"spark.executor.memory": "2g"}),
    "12-dynamic-instances-6": Case(
        PYTHON, 6, _dynamic(initialExecutors=3, minExecutors=2) | {"spark.executor.instances": "6"}),
    "12-dynamic-only-enabled": Case(PYTHON, 0, _dynamic()),
    "13-labels-and-annotations": Case(JAVA, 2, _executor() | LABELS),
    "14-executor-scheduler-name": Case(JAVA, 2, {"spark.kubernetes.executor.scheduler.name": "muster"}),
    "14-scheduler-name": Case(JAVA, 2, {"spark.kubernetes.scheduler.name": "muster"}),
    "14-scheduler-template-and-conf": Case(JAVA, 2, SCHEDULERS, ROLE_TEMPLATE, ROLE_TEMPLATE),
    "15-volume-and-tmpfs": Case(JAVA, 2, {
        "spark.kubernetes.local.dirs.tmpfs": "true", f"{VOLUME}.mount.path": "/scratch",
        f"{VOLUME}.options.sizeLimit": "5Gi"}),
    "16-bursty-overhead": Case(JAVA, 2, _executor(memory="4g", memoryOverheadFactor="0.5") | BURSTY, since=(4, 2)),
    "17-references": Case(JAVA, 2, _executor(cores="2", memory="1g") | REFERENCES),
}
