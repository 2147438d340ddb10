#!/usr/bin/env python3
"""The repository's rules as a test: who may include whom, what pure folders may not touch, sizes, names.

Usage: tidy.py [--root DIR] [--archive PURE_LIBRARY.a ...]
Prints one line for each broken rule, "file:line: what is wrong; what to do instead". Exit code 0: none, 1: some.
"""

import argparse
import pathlib
import re
import subprocess
import sys

# ---- The include graph. A folder may include itself, what it names here, and what those may include.
MAY_INCLUDE = {
    "scheduler/base": [],
    "scheduler/api": ["scheduler/base"],
    "scheduler/model": ["scheduler/base", "scheduler/api"],
    "scheduler/topology": ["scheduler/model"],
    "scheduler/spark": ["scheduler/base", "scheduler/api"],
    "scheduler/history": ["scheduler/base", "scheduler/api"],
    "scheduler/framework": ["scheduler/model", "scheduler/topology"],
    "scheduler/gang": ["scheduler/model", "scheduler/spark", "scheduler/topology"],
    "scheduler/queue": ["scheduler/framework", "scheduler/gang"],
    "scheduler/placement": ["scheduler/framework", "scheduler/topology"],
    "scheduler/capacity": ["scheduler/model", "scheduler/gang"],
    "scheduler/core": ["scheduler/queue", "scheduler/placement", "scheduler/capacity", "scheduler/history"],
    "plugins": ["scheduler/framework"],
    "scheduler/kube": ["scheduler/core"],
    "scheduler/http": ["scheduler/core"],
    "scheduler/cli": ["scheduler/core", "plugins"],
    "scheduler/runtime": ["scheduler/kube", "scheduler/http", "scheduler/cli"],
    "bench": ["scheduler/core", "scheduler/cli", "plugins"],
    "bench/end_to_end": ["scheduler/kube"],
}

PURE_FOLDERS = [
    "scheduler/base", "scheduler/api", "scheduler/spark", "scheduler/history", "scheduler/model", "scheduler/topology",
    "scheduler/framework", "scheduler/gang", "scheduler/queue", "scheduler/placement",
    "scheduler/capacity", "scheduler/core", "plugins",
]

IO_STAYS_OUT = "say what is wanted as an Effect and let scheduler/kube or scheduler/http do it"
ONE_THREAD = "the core has one thread; threads and queues belong to scheduler/runtime and the edges"
TOLD_THE_TIME = "take the time from Step's `now`; a delay is StepResult::wake_at"
ORDERED = "use std::map or a sorted vector where it is walked, absl::flat_hash_map for lookup only"

# ---- What a pure folder may not include: pattern of the header -> what to do instead.
BANNED_INCLUDES_IN_PURE = [
    (r"curl/.*", IO_STAYS_OUT),
    (r"grpc.*", IO_STAYS_OUT),
    (r"httplib\.h", IO_STAYS_OUT),
    (r"prometheus/.*", "count in CoreStatistics and let scheduler/http print it"),
    (r"spdlog/.*", "return a Status, or record an event; scheduler/runtime logs"),
    (r"(thread|mutex|shared_mutex|atomic|condition_variable|future|stop_token)", ONE_THREAD),
    (r"random", "make every choice by a total order that ends in a name"),
    (r"fstream", "take the content as an argument; scheduler/runtime and scheduler/cli read files"),
    (r"(sys|netinet|arpa)/.*", IO_STAYS_OUT),
]

# ---- Words that may not appear in the code of a pure folder (comments are not looked at).
BANNED_WORDS_IN_PURE = [
    (r"\b(system|steady|high_resolution)_clock\b", TOLD_THE_TIME),
    (r"\b(clock_gettime|gettimeofday)\b", TOLD_THE_TIME),
    (r"\bsleep_(for|until)\b", TOLD_THE_TIME),
    (r"\brandom_device\b", "make every choice by a total order that ends in a name"),
    (r"\bgetenv\b", "take it as an option; scheduler/runtime reads the environment"),
]

# ---- The same for all C++ code.
BANNED_WORDS = [
    (r"\bstd::unordered_\w+", ORDERED),
    (r"#\s*include\s*<unordered_(map|set)>", ORDERED),
    (r"\busing namespace (?!std::(chrono_)?literals|std::chrono_literals)\w",
     "name what is used: `using std::chrono::seconds;`"),
    (r"\bFRIEND_TEST\b", "test what can be seen from outside; otherwise the outside is wrong"),
]

# ---- Symbols that the object code of pure folders may not ask for: what includes hide, this finds.
BANNED_SYMBOLS = [
    (r"curl_\w+|SSL_\w+|grpc_\w+", IO_STAYS_OUT),
    (r"(socket|connect|accept|listen|recv|send|getaddrinfo|open|fopen|fopen64)(@.*)?", IO_STAYS_OUT),
    (r"(pthread_create|pthread_mutex_lock)(@.*)?|std::thread::.*", ONE_THREAD),
    (r"(clock_gettime|gettimeofday|nanosleep|time)(@.*)?|std::chrono::_V2::.*::now\(\)", TOLD_THE_TIME),
    (r"std::random_device::.*", "make every choice by a total order that ends in a name"),
    (r"std::basic_[io]?fstream<.*", "take the content as an argument"),
]

FILE_LINES_MAX = 500
TEST_LINES_MAX = 600
HEADER_LINES_MAX = 250
VAGUE_NAME = re.compile(r"(^|_)(utils?|utilities|common|helpers?|misc)$")
CODE = (".cc", ".h", ".py")


class Findings:
    def __init__(self):
        self.lines = []

    def add(self, path, line, problem, instead):
        self.lines.append(f"{path}:{line}: {problem}; {instead}")


def reachable(folder):
    """The folders that `folder` may include, itself among them."""
    seen = set()
    stack = [folder]
    while stack:
        current = stack.pop()
        if current not in seen:
            seen.add(current)
            stack.extend(MAY_INCLUDE[current])
    return seen


def folder_of(path):
    """The key of MAY_INCLUDE for a path relative to the root; None for tests and the rest."""
    parts = pathlib.PurePosixPath(path).parts
    if parts[:2] == ("bench", "end_to_end"):
        return "bench/end_to_end"
    if parts[0] in ("plugins", "bench"):
        return parts[0]
    return "/".join(parts[:2]) if parts[0] == "scheduler" and len(parts) > 2 else None


def without_comments(text):
    """Blanks comments and the insides of string literals, keeping the lines."""
    pattern = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"', re.DOTALL)
    def blank(match):
        token = match.group(0)
        return '""' if token.startswith('"') else "\n" * token.count("\n")
    return pattern.sub(blank, text)


def includes_of(text):
    for number, line in enumerate(text.splitlines(), 1):
        match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if match:
            yield number, match.group(1) == '"', match.group(2)


def check_includes(path, text, findings):
    folder = folder_of(path)
    if folder is not None and folder not in MAY_INCLUDE:
        findings.add(path, 1, f"{folder} is not in the include graph",
                     "give it a line in MAY_INCLUDE of test/tidy/tidy.py and in scheduler/ARCHITECTURE.md")
        return
    for number, quoted, header in includes_of(text):
        if quoted:
            check_project_include(path, number, folder, header, findings)
        elif folder in PURE_FOLDERS:
            for pattern, instead in BANNED_INCLUDES_IN_PURE:
                if re.fullmatch(pattern, header):
                    findings.add(path, number, f"{folder} is pure and may not include <{header}>", instead)


def check_project_include(path, number, folder, header, findings):
    if header.split("/")[0] not in ("scheduler", "plugins", "bench", "test", "proto"):
        findings.add(path, number, f'"{header}" is not a path from the root',
                     'write "scheduler/FOLDER/FILE.h"')
        return
    target = folder_of(header)
    if folder is None or target is None and not header.startswith("test/"):
        return
    if target not in reachable(folder):
        allowed = ", ".join(sorted(reachable(folder) - {folder})) or "nothing of the project"
        findings.add(path, number, f'{folder} may not include "{header}"', f"it may include {allowed}")


def check_words(path, text, findings):
    rules = list(BANNED_WORDS)
    if folder_of(path) in PURE_FOLDERS:
        rules += BANNED_WORDS_IN_PURE
    for number, line in enumerate(without_comments(text).splitlines(), 1):
        for pattern, instead in rules:
            match = re.search(pattern, line)
            if match:
                findings.add(path, number, f"`{match.group(0).strip()}` is banned here", instead)


def check_walks(texts, findings):
    """Finds range-for loops over members and variables that a folder declares as hash tables."""
    declared = {}
    for path, text in texts.items():
        for name in re.findall(r"flat_hash_(?:map|set)<[^;]*?>\s+(\w+)\s*[;={]", without_comments(text)):
            declared.setdefault(str(pathlib.PurePosixPath(path).parent), set()).add(name)
    for path, text in texts.items():
        names = declared.get(str(pathlib.PurePosixPath(path).parent), set())
        for number, line in enumerate(without_comments(text).splitlines(), 1):
            match = re.search(r"for \([^;]*: (\w+)\)", line)
            if match and match.group(1) in names:
                findings.add(path, number, f"walks the hash table {match.group(1)}", ORDERED)


def check_size(path, text, findings):
    lines = text.count("\n")
    limit = TEST_LINES_MAX if path.startswith("test/") else FILE_LINES_MAX
    if path.endswith(".h"):
        limit = HEADER_LINES_MAX
    if lines > limit:
        findings.add(path, limit, f"{lines} lines, at most {limit} are allowed",
                     "split it by subject: a longer file holds two")


def check_name(path, findings):
    pure_path = pathlib.PurePosixPath(path)
    for part in (*pure_path.parts[:-1], pure_path.stem):
        if VAGUE_NAME.search(part):
            findings.add(path, 1, f"`{part}` says nothing", "name the subject")


def check_archive(archive, findings):
    """Looks for banned symbols among those that a static library leaves undefined."""
    listing = subprocess.run(["nm", "--demangle", "--undefined-only", archive], check=True,
                             capture_output=True, text=True, timeout=60).stdout
    for line in listing.splitlines():
        match = re.match(r"\s+[Uw] (.+)", line)
        if not match:
            continue
        for pattern, instead in BANNED_SYMBOLS:
            if re.fullmatch(pattern, match.group(1)):
                findings.add(pathlib.Path(archive).name, 0, f"needs {match.group(1)}", instead)


def source_files(root):
    for top in ("scheduler", "plugins", "bench", "test"):
        for path in sorted((root / top).rglob("*")):
            hidden = any(part.startswith((".", "__")) for part in path.relative_to(root).parts)
            if path.suffix in CODE and path.is_file() and not hidden:
                yield path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")


def check_tree(root):
    findings = Findings()
    texts = dict(source_files(root))
    cpp = {path: text for path, text in texts.items() if not path.endswith(".py")}
    for path, text in texts.items():
        check_name(path, findings)
        check_size(path, text, findings)
    for path, text in cpp.items():
        check_includes(path, text, findings)
        check_words(path, text, findings)
    check_walks(cpp, findings)
    return findings


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--root", type=pathlib.Path,
                        default=pathlib.Path(__file__).resolve().parents[2])
    parser.add_argument("--archive", action="append", default=[], help="static library of a pure folder")
    arguments = parser.parse_args()
    findings = check_tree(arguments.root)
    for archive in arguments.archive:
        check_archive(archive, findings)
    for line in findings.lines:
        print(line)
    return 1 if findings.lines else 0


if __name__ == "__main__":
    sys.exit(main())
