"""A small Spark job with a real shuffle and a sum that is known beforehand."""

from pyspark.sql import SparkSession

NUMBERS = 20_000
GROUPS = 97


def main() -> None:
    spark = SparkSession.builder.getOrCreate()
    pairs = spark.range(0, NUMBERS, 1, numPartitions=6).selectExpr(f"id % {GROUPS} AS k", "id AS v")
    groups = pairs.groupBy("k").sum("v").collect()
    print(f"GROUPS {len(groups)}")
    # The sum of 0 .. NUMBERS - 1.
    print(f"RESULT {sum(group['sum(v)'] for group in groups)}", flush=True)
    spark.stop()


if __name__ == "__main__":
    main()
