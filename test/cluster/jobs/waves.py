"""Dynamic allocation: a wave of tasks that asks for more executors, and then a long time without any."""

import time

from pyspark.sql import SparkSession

TASKS = 8
TASK_S = 3
IDLE_S = 40


def main() -> None:
    spark = SparkSession.builder.getOrCreate()

    def rest(_: int) -> int:
        time.sleep(TASK_S)
        return 1

    print(f"RESULT {spark.sparkContext.parallelize(range(TASKS), TASKS).map(rest).sum()}", flush=True)
    time.sleep(IDLE_S)
    spark.stop()


if __name__ == "__main__":
    main()
