#!/bin/sh
# Runs SparkPi with Muster: both pod templates hold one line, schedulerName.
# Usage: MASTER=k8s://https://HOST:PORT IMAGE=spark:3.5.9 ./spark-submit.sh
set -eu
here=$(cd "$(dirname "$0")" && pwd)
exec "${SPARK_HOME:?set SPARK_HOME}/bin/spark-submit" \
  --master "${MASTER:?set MASTER, for example k8s://https://HOST:6443}" \
  --deploy-mode cluster \
  --name pi \
  --class org.apache.spark.examples.SparkPi \
  --conf spark.kubernetes.namespace=spark \
  --conf spark.kubernetes.container.image="${IMAGE:-spark:3.5.9}" \
  --conf spark.kubernetes.authenticate.driver.serviceAccountName=spark \
  --conf spark.kubernetes.driver.podTemplateFile="$here/pod-template.yaml" \
  --conf spark.kubernetes.executor.podTemplateFile="$here/pod-template.yaml" \
  --conf spark.executor.instances=3 \
  local:///opt/spark/examples/jars/spark-examples_2.12-3.5.9.jar 1000
