#!/usr/bin/env python3
"""Shows that the checks of the simulation can fail: builds Muster with mistakes, one at a time.

Usage: test/sim/mutants.py [--steps N] [NUMBER...]

Each mistake is made in a copy of the sources (build/mutants), muster-prove is built there and run for --steps
steps (default 100,000); it must end with problems, or stop at a broken invariant. A mistake that is not caught is
printed as SURVIVED. About half a minute each. Exit code: 0 all were caught, 1 some survived, 2 usage, 3 a mistake
can no longer be made, because the line is not there any more, or does not build.
"""

import argparse
import dataclasses
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
COPY = ROOT / "build" / "mutants"


@dataclasses.dataclass(frozen=True)
class Mutant:
    subject: str  # placement, accounting or recovery
    what: str
    path: str
    line: str  # occurs once in the file
    instead: str


MUTANTS = (
    Mutant("placement", "a gang is admitted with the executors that happen to fit",
           "scheduler/placement/gang_placer.cc",
           "  return outcome.set == order_.back() && outcome.placed >= sets_[outcome.set].demand->Enough();\n",
           "  return outcome.set == order_.back();\n"),
    Mutant("placement", "what has been taken since the last gang of a shape is not seen",
           "scheduler/placement/capacity_index.cc",
           "      SetCapacity(node, filters.CapacityOf(model, node, kUnlimited));\n",
           "      SetCapacity(node, std::max(capacity_[node], filters.CapacityOf(model, node, kUnlimited)));\n"),
    Mutant("placement", "cordoned nodes are used",
           "plugins/node_unschedulable/node_unschedulable.cc",
           "nodes.IsUnschedulable(node)", "false && nodes.IsUnschedulable(node)"),
    Mutant("placement", "pods of equal priority are evicted",
           "scheduler/core/preempt.cc",
           "  if (pod.info->priority >= below || gang.preemption.spared.contains(pod.uid)) return false;\n",
           "  if (pod.info->priority > below || gang.preemption.spared.contains(pod.uid)) return false;\n"),
    Mutant("accounting", "slots of an application that has ended stay held",
           "scheduler/core/observe.cc",
           "  ReleaseSlots(*gang);\n", ""),
    Mutant("accounting", "the room of a driver is counted twice",
           "scheduler/core/admit.cc",
           "  model_.HoldPlaces(anchor_node, gang.anchor_info, -1);\n", ""),
    Mutant("accounting", "a driver whose bind was refused keeps the slots of its executors",
           "scheduler/core/bind.cc",
           "  ReleaseSlots(gang);\n", ""),
    Mutant("accounting", "pods that another scheduler binds are not counted",
           "scheduler/core/observe.cc",
           "  const std::string& uid = pod.metadata.uid;\n  const model::NodeIndex node = model_.Nodes().FindOrAddGhost",
           "  if (!IsOurs(pod)) return;\n"
           "  const std::string& uid = pod.metadata.uid;\n  const model::NodeIndex node = model_.Nodes().FindOrAddGhost"),
    Mutant("recovery", "a bind without an answer counts as failed",
           "scheduler/core/bind.cc",
           "  if (read && now_ - gang.binding.sent_at >= kSettled) {\n", "  if (read) {\n"),
    Mutant("recovery", "the plan of a driver is not read after a restart",
           "scheduler/core/slots.cc",
           "  gang.reservation.Restore(*plan, driver.metadata.namespace_name, model_, now_);\n", ""),
    Mutant("recovery", "slots on nodes that went during a restart are revalidated as if the node were there",
           "scheduler/core/slots.cc",
           "  if (!model_.Nodes().IsPresent(node)) {\n", "  if (false) {\n"),
)


def run(command, **arguments):
    return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False, **arguments)


def copy_sources():
    """The files as they are now, those that are not committed too; unchanged ones keep their time."""
    COPY.mkdir(parents=True, exist_ok=True)
    listed = run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT).stdout.splitlines()
    for name in listed:
        source, target = ROOT / name, COPY / name
        if not source.is_file():
            continue
        content = source.read_bytes()
        if target.exists() and target.read_bytes() == content:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def build():
    configured = run(["cmake", "--preset", "release"], cwd=COPY)
    if configured.returncode != 0:
        return configured
    return run(["cmake", "--build", "--preset", "release", "-j", str(os.cpu_count()), "--target", "muster-prove"],
               cwd=COPY)


def judge(mutant, steps):
    """Whether the mistake was caught, and how; raises RuntimeError when it cannot be made."""
    path = COPY / mutant.path
    text = path.read_text()
    if text.count(mutant.line) != 1:
        raise RuntimeError(f"{mutant.path} has this line {text.count(mutant.line)} times: {mutant.line.strip()}")
    try:
        path.write_text(text.replace(mutant.line, mutant.instead))
        built = build()
        if built.returncode != 0:
            raise RuntimeError(f"does not build:\n{built.stdout[-2000:]}")
        proved = run(["build/release/test/sim/muster-prove", "--steps", str(steps)], cwd=COPY, timeout=600)
    except subprocess.TimeoutExpired:
        return True, "it does not come to an end"
    finally:
        path.write_text(text)
    lines = [line for line in proved.stdout.splitlines() if "Muster" in line or "broken" in line or "applic" in line]
    return proved.returncode != 0, lines[0] if lines else proved.stdout[:200]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("numbers", nargs="*", type=int, metavar="NUMBER")
    parser.add_argument("--steps", type=int, default=100_000)
    arguments = parser.parse_args()
    if any(not 1 <= number <= len(MUTANTS) for number in arguments.numbers):
        parser.error(f"NUMBER is from 1 to {len(MUTANTS)}")
    copy_sources()
    survived = 0
    for number, mutant in enumerate(MUTANTS, start=1):
        if arguments.numbers and number not in arguments.numbers:
            continue
        try:
            caught, how = judge(mutant, arguments.steps)
        except RuntimeError as problem:
            print(f"{number} {mutant.what}: {problem}", file=sys.stderr)
            return 3
        survived += not caught
        print(f"{'caught  ' if caught else 'SURVIVED'} {number:2} {mutant.subject}: {mutant.what}\n            {how}",
              flush=True)
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
