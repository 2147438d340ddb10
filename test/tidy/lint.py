#!/usr/bin/env python3
"""Runs clang-tidy on every source file that it has not passed before in this very form.

A file's form is its text, that of all project headers it includes, and .clang-tidy. Files that the last
commit or the working tree changed come first and are always looked at; the others as long as time is left,
so that a fresh machine is not held up: what is left out is said, and comes next time.

Exit code: 0 nothing found, 1 something found, 3 clang-tidy could not run.
"""

import argparse
import concurrent.futures
import functools
import hashlib
import json
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
SECONDS_MAX_PER_FILE = 900
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)


@functools.lru_cache(maxsize=None)
def read(path):
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def with_includes(source):
    """The file and every project header it includes, directly or not."""
    seen, stack = set(), [source]
    while stack:
        path = stack.pop()
        if path in seen:
            continue
        seen.add(path)
        stack.extend(ROOT / name for name in INCLUDE.findall(read(path)))
    return seen


def form_of(source):
    digest = hashlib.sha256(read(ROOT / ".clang-tidy").encode())
    for path in sorted(with_includes(source)):
        digest.update(f"\0{path.relative_to(ROOT)}\0{read(path)}".encode())
    return digest.hexdigest()


def changed_files():
    """What the last commit and the working tree changed; nothing where git cannot tell."""
    names = set()
    for command in (["git", "diff", "--name-only", "HEAD~1"],
                    ["git", "ls-files", "--others", "--modified", "--exclude-standard"]):
        result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
        if result.returncode == 0:
            names.update(ROOT / name for name in result.stdout.split())
    return names


def has_history():
    return subprocess.run(["git", "rev-parse", "--verify", "--quiet", "HEAD~1"], cwd=ROOT, check=False,
                          stdout=subprocess.DEVNULL, timeout=60).returncode == 0


def lint(source, build):
    # The build is g++'s: clang knows other warnings, and its sanitizer headers are not installed. It also
    # takes what libstdc++ uses inside std::stable_sort for a use of ours; g++ tells of real ones.
    command = ["clang-tidy-19", "--quiet", "-p", str(build), "--extra-arg=-Wno-unknown-warning-option",
               "--extra-arg=-Wno-deprecated-declarations",
               "--extra-arg=-fno-sanitize=all", "--warnings-as-errors=*", str(source)]
    try:
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False,
                              timeout=SECONDS_MAX_PER_FILE)
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 124, "", f"{source}: more than {SECONDS_MAX_PER_FILE} s\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, required=True, help="has compile_commands.json")
    parser.add_argument("--cache", type=pathlib.Path, required=True)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=240, help="for files that have not changed")
    arguments = parser.parse_args()
    arguments.cache.mkdir(parents=True, exist_ok=True)

    commands = json.loads((arguments.build / "compile_commands.json").read_text(encoding="utf-8"))
    sources = sorted({pathlib.Path(command["file"]) for command in commands})
    waiting = [source for source in sources if not (arguments.cache / form_of(source)).exists()]
    changed = changed_files() if has_history() else set()
    waiting.sort(key=lambda source: (source not in changed, source))
    deadline = time.monotonic() + arguments.seconds

    def look(source):
        if source not in changed and time.monotonic() > deadline:
            return None
        return lint(source, arguments.build)

    found = left_out = 0
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for source, result in zip(waiting, pool.map(look, waiting)):
            if result is None:
                left_out += 1
            elif result.returncode == 0:
                (arguments.cache / form_of(source)).touch()
            else:
                found += 1
                print(result.stdout + (result.stderr if "error:" not in result.stdout else ""))
    print(f"clang-tidy: {len(sources)} files, {len(sources) - len(waiting)} as they were when they passed, "
          f"{len(waiting) - left_out} looked at, {found} with findings, {left_out} left for next time")
    return 1 if found else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except FileNotFoundError as error:
        print(f"lint: {error}", file=sys.stderr)
        sys.exit(3)
