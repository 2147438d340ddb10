"""Stage-level scheduling: one stage with the default executors, and one that asks for larger ones of its own."""

import time

from pyspark.resource import ExecutorResourceRequests, ResourceProfileBuilder, TaskResourceRequests
from pyspark.sql import SparkSession

TASKS = 4
TASK_S = 2


def main() -> None:
    spark = SparkSession.builder.getOrCreate()

    def rest(_: int) -> int:
        time.sleep(TASK_S)
        return 1

    usual = spark.sparkContext.parallelize(range(TASKS), TASKS).map(rest).sum()
    executors = ExecutorResourceRequests().cores(2).memory("600m")
    tasks = TaskResourceRequests().cpus(2)
    profile = ResourceProfileBuilder().require(executors).require(tasks).build
    large = spark.sparkContext.parallelize(range(TASKS), TASKS).withResources(profile).map(rest).sum()
    print(f"RESULT {usual + large}", flush=True)
    spark.stop()


if __name__ == "__main__":
    main()
