#!/usr/bin/env python3
"""Compares the choice of single pods with kube-scheduler's own scoring, on random cases.

Usage: compare_scores.py ORACLE MUSTERCTL [--cases N] [--seed N] [--share PERCENT]
A case counts where at least two nodes take the pod in both judges' eyes. It agrees when the node that
Muster's scores put first (ties by name, as in the daemon) is one that kube-scheduler ranks first.
Exit code: 0 at least PERCENT agree, 1 fewer do, 2 usage, 3 a judge failed.
"""

import argparse
import collections
import json
import subprocess
import sys


def answers(command, cases):
    result = subprocess.run(command, input=cases, capture_output=True, timeout=1200)
    if result.returncode != 0:
        sys.exit(f"{command[0]}: {result.stderr.decode()[-500:]}") if result.returncode == 2 else sys.exit(3)
    return [json.loads(line) for line in result.stdout.splitlines()]


def winners(scores):
    best = max(scores.values())
    return sorted(name for name, score in scores.items() if score == best)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("oracle")
    parser.add_argument("musterctl")
    parser.add_argument("--cases", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--share", type=float, default=99.0)
    arguments = parser.parse_args()
    cases = subprocess.run(
        [arguments.oracle, "generate", "--scores", "--seed", str(arguments.seed), "--cases", str(arguments.cases)],
        capture_output=True, check=True, timeout=600).stdout
    theirs = answers([arguments.oracle, "score"], cases)
    ours = answers([arguments.musterctl, "judge", "--scores"], cases)
    compared = agree = same_sums = 0
    first_difference = None
    plugins = collections.Counter()
    for case, real, tried in zip(cases.splitlines(), theirs, ours, strict=True):
        if len(real.get("scores") or {}) < 2 or real["scores"].keys() != (tried.get("scores") or {}).keys():
            continue
        compared += 1
        same_sums += real["scores"] == tried["scores"]
        if winners(tried["scores"])[0] in winners(real["scores"]):
            agree += 1
        else:
            plugins.update(name for detail in real["detail"].values() for name in detail)
            first_difference = first_difference or (json.loads(case), real, tried["scores"])
    share = 100.0 * agree / max(compared, 1)
    print(f"scores: {compared} cases with a choice, {share:.2f} % choose a node that kube-scheduler ranks first, "
          f"{100.0 * same_sums / max(compared, 1):.2f} % have equal sums; seed {arguments.seed}")
    if first_difference:
        print("first difference:", json.dumps({"kubeScheduler": first_difference[1], "tried": first_difference[2]})[:2000])
        with open("build/oracle-scores-difference.json", "w", encoding="utf-8") as file:
            json.dump(first_difference[0], file, indent=1)
    return 0 if compared > 0 and share >= arguments.share else 1


if __name__ == "__main__":
    sys.exit(main())
