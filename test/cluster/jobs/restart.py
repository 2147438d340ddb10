"""The shuffle job, which fails after its first run and succeeds after the second; $SCRATCH remembers."""

import os
import pathlib
import sys

import shuffle


def main() -> None:
    shuffle.main()
    mark = pathlib.Path(os.environ["SCRATCH"]) / "ran-before"
    if not mark.exists():
        mark.touch()
        sys.exit(1)


if __name__ == "__main__":
    main()
