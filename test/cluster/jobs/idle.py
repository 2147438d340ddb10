"""Starts a Spark application and lets it idle: no task ever waits, so nothing but its settings asks for executors."""

import time

from pyspark.sql import SparkSession

LIFE_S = 600


def main() -> None:
    SparkSession.builder.getOrCreate()
    print("READY", flush=True)
    time.sleep(LIFE_S)


if __name__ == "__main__":
    main()
