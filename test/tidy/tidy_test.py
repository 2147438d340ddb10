#!/usr/bin/env python3
"""Each rule of tidy.py finds what it is there for, and leaves its neighbours alone."""

import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import tidy  # noqa: E402


class Tidy(unittest.TestCase):
    def findings(self, **files):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for path, text in files["tree"].items():
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text(text, encoding="utf-8")
            return tidy.check_tree(root).lines

    def assert_found(self, path, text, expected):
        lines = self.findings(tree={path: text})
        self.assertTrue(any(expected in line for line in lines), f"{expected!r} is not in {lines}")

    def assert_clean(self, path, text):
        self.assertEqual(self.findings(tree={path: text}), [])

    def test_a_folder_includes_what_is_below_it_and_nothing_above(self):
        self.assert_clean("scheduler/core/a.cc", '#include "scheduler/base/time.h"\n')
        self.assert_clean("scheduler/framework/a.cc", '#include "scheduler/api/objects.h"\n')
        self.assert_found("scheduler/base/a.cc", '#include "scheduler/api/objects.h"\n',
                          "scheduler/base may not include")
        self.assert_found("scheduler/spark/a.cc", '#include "scheduler/model/statement.h"\n',
                          "scheduler/spark may not include")
        self.assert_found("scheduler/core/a.cc", '#include "bench/demo.h"\n',
                          "scheduler/core may not include")
        self.assert_found("scheduler/core/a.cc", '#include "test/core/small_world.h"\n',
                          "scheduler/core may not include")
        self.assert_clean("test/core/a.cc", '#include "bench/demo.h"\n#include "test/core/b.h"\n')

    def test_a_new_folder_has_to_enter_the_graph(self):
        self.assert_found("scheduler/novel/a.cc", "", "not in the include graph")

    def test_includes_are_paths_from_the_root(self):
        self.assert_found("scheduler/core/a.cc", '#include "state.h"\n', "not a path from the root")

    def test_pure_folders_have_no_io_threads_or_chance(self):
        for header in ("curl/curl.h", "mutex", "random", "fstream", "spdlog/spdlog.h", "thread"):
            self.assert_found("scheduler/gang/a.cc", f"#include <{header}>\n", f"<{header}>")
            self.assert_clean("scheduler/kube/a.cc", f"#include <{header}>\n")

    def test_pure_folders_read_no_clock(self):
        text = "auto t = std::chrono::steady_clock::now();\n"
        self.assert_found("plugins/a/a.cc", text, "`steady_clock` is banned")
        self.assert_clean("scheduler/runtime/a.cc", text)
        self.assert_clean("plugins/a/a.cc", "// not steady_clock::now()\n")

    def test_hash_tables_are_for_lookup(self):
        self.assert_found("scheduler/kube/a.cc", "std::unordered_map<int, int> m;\n", "unordered_map")
        self.assert_found("scheduler/core/a.cc",
                          "absl::flat_hash_map<int, int> m_;\nfor (auto& [k, v] : m_) {}\n",
                          "walks the hash table m_")
        self.assert_clean("scheduler/core/a.cc", "absl::flat_hash_map<int, int> m_;\nm_.find(1);\n")

    def test_files_hold_one_subject(self):
        self.assert_found("scheduler/core/a.cc", "\n" * 501, "at most 500")
        self.assert_clean("test/core/a.cc", "\n" * 501)
        self.assert_found("test/core/a.cc", "\n" * 601, "at most 600")
        self.assert_found("scheduler/core/a.h", "\n" * 251, "at most 250")

    def test_names_say_something(self):
        self.assert_found("scheduler/core/string_utils.cc", "", "says nothing")
        self.assert_found("test/helpers/a.py", "", "says nothing")
        self.assert_clean("scheduler/core/commonality.cc", "")


if __name__ == "__main__":
    unittest.main()
