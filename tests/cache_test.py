#!/usr/bin/env python3
"""Whatever was edited, a run with the cache says what a run without says, byte for byte; and what was not edited is not
parsed. On units of testdata/shop, copied. Usage: cache_test.py --opex PROGRAM --build BUILD --root SHOP

OPEX_EDITS: how many random edits (default 10), OPEX_SEED: which ones."""
import argparse
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

PARSER = argparse.ArgumentParser()
for name in ("--opex", "--build", "--root"):
    PARSER.add_argument(name, required=True, type=pathlib.Path)
GIVEN, REST = PARSER.parse_known_args()
PROGRAM, BUILD, SHOP = GIVEN.opex.resolve(), GIVEN.build.resolve(), GIVEN.root.resolve()
# Those of shop that include least: each is parsed many times here.
UNITS = ("catalogue/flag_store.cpp", "front/session_store.cpp", "common/config.cpp")
COUNTS = re.compile(r"opex-tidy: (\d+) parsed, (\d+) from the cache")
NOTICE = re.compile(r"opex-tidy: notice: .*\n")


class Project(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="opex-cache-")
        self.addCleanup(self.folder.cleanup)
        self.top = pathlib.Path(self.folder.name).resolve()
        self.root, self.cache = self.top / "shop", self.top / "cache"
        shutil.copytree(SHOP, self.root)
        (self.root / "early").mkdir()
        self.flags = {unit: ["-std=c++20", "-Iearly", f"-I{self.root}"] for unit in UNITS}
        self.write_database()

    def write_database(self, root=None):
        root = root or self.root
        entries = [{"directory": str(root), "file": str(root / unit),
                    "arguments": ["c++", *(flag.replace(str(self.root), str(root)) for flag in flags), "-c", str(root / unit)]}
                   for unit, flags in self.flags.items()]
        (root / "compile_commands.json").write_text(json.dumps(entries))

    def run_program(self, *options, root=None, command=("check",)):
        """Exit code, text, SARIF, what was said, and how many units were parsed and taken."""
        root = root or self.root
        sarif = self.top / "out.sarif"
        sarif.unlink(missing_ok=True)
        outputs = ["--output", "text", "--output", f"sarif={sarif}", "--profile", "audit"] if command == ("check",) else []
        done = subprocess.run([PROGRAM, *command, "-p", root, "--root", root, "--quiet", "--verbose",
                               "--rules", root / "shop.yaml", *outputs, *options], capture_output=True, cwd=self.top, text=True)
        counts = COUNTS.search(done.stderr)
        self.assertTrue(counts, done.stderr)
        return (done.returncode, done.stdout, sarif.read_bytes() if sarif.exists() else b"", done.stderr,
                int(counts[1]), int(counts[2]))

    def check(self, *options, cache=None, root=None, fresh=True):
        """Runs with and without the cache, compares, and tells how many units were parsed with it."""
        with_cache = self.run_program("--cache", cache or self.cache, *options, root=root)
        if fresh:
            self.expected = self.run_program("--no-cache", *options, root=root)
            self.assertEqual(self.expected[5], 0)
        self.assertEqual(with_cache[:3], self.expected[:3])
        return with_cache[4]

    def edit(self, name, old, new):
        file = self.root / name
        text = file.read_text()
        self.assertIn(old, text)
        file.write_text(text.replace(old, new))


class Edits(Project):
    def setUp(self):
        super().setUp()
        self.expected = self.run_program("--cache", self.cache)
        self.assertEqual(self.expected[4:], (len(UNITS), 0))

    def test_sources_and_headers(self):
        self.assertEqual(self.check(), 0, "nothing")
        self.edit("common/config.cpp", "\n", "\n// A remark.\n")
        self.assertEqual(self.check(), 1, "a comment at each line")
        self.edit("catalogue/flag_store.h", "#pragma once", "#pragma once\n\n")
        self.assertEqual(self.check(), 1, "a header of one unit")
        os.utime(self.root / "front/session_store.h")
        self.assertEqual(self.check(fresh=False), 0, "touched only")
        (self.root / "front/session_store.h").rename(self.root / "front/session.h")
        self.assertEqual(self.check(), 1, "a header is gone")
        (self.root / "front/session.h").rename(self.root / "front/session_store.h")
        self.assertEqual(self.check("-j1"), 0, "and is back")

    def test_search_path_and_flags(self):
        early = self.root / "early"
        (early / "unrelated").mkdir()
        self.assertEqual(self.check(fresh=False), 0, "an empty folder on the search path says nothing new")
        (early / "string").write_text("#include_next <string>\nnamespace opex_early { void here(); }\n")
        self.assertEqual(self.check(), len(UNITS), "an earlier header of the same name")
        (early / "string").unlink()
        self.assertEqual(self.check(), 0, "and is gone")
        self.flags["common/config.cpp"].append("-DNEW_MACRO")
        self.write_database()
        self.assertEqual(self.check(), 1, "a flag")
        self.flags.pop("common/config.cpp")
        self.write_database()
        self.assertEqual(self.check(), 0, "a unit is gone")

    def test_packs_and_settings(self):
        self.edit("shop.yaml", "\n", "\n# A remark.\n")
        self.assertEqual(self.check(), 0, "a remark in a pack needs no parse")
        with open(self.root / "shop.yaml", "a", encoding="utf-8") as pack:
            pack.write("loggers:\n  - {function: ['shop::parseConfig'], level: info}\n")
        self.assertEqual(self.check(), len(UNITS), "names of own packs are looked up in the code")
        self.assertEqual(self.check("--full-bodies"), len(UNITS))
        self.assertEqual(self.check("--extra-arg=-DOTHER"), len(UNITS))

    def test_options_have_results_of_their_own(self):
        def says_so(said):
            return "whose result is written again" in said
        self.check()
        self.assertTrue(says_so(self.run_program("--cache", self.cache)[3]))
        for options in (["--checks", "-*"], ["--fail-on", "none"], ["--header-filter", "nothing"], ["--warnings-as-errors", "*"],
                        ["--sarif-profile", "github"], ["--use-color"], [self.root / UNITS[0]], ["--time-checks"]):
            first, second, fresh = (self.run_program(cache, *where, *options) for cache, *where in
                                    (("--cache", self.cache), ("--cache", self.cache), ("--no-cache",)))
            self.assertEqual((first[:3], first[4]), (fresh[:3], 0), options)
            self.assertEqual(second[:3], first[:3], options)
            self.assertFalse(says_so(first[3]), options)
            self.assertEqual(says_so(second[3]), options != ["--time-checks"], options)

    def test_bad_and_read_only_caches(self):
        for file in [*self.cache.glob("llvmcache-unit-*"), *self.cache.glob("llvmcache-result-*")]:
            file.write_bytes(file.read_bytes()[:-1])
        self.assertEqual(self.check(fresh=False), len(UNITS), "all are cut short")
        self.assertEqual(self.check(fresh=False), 0, "and were made again")
        entry = next(self.cache.glob("llvmcache-unit-*"))
        entry.write_bytes(entry.read_bytes()[:-1] + b"?")
        for result in self.cache.glob("llvmcache-result-*"):
            result.write_bytes(result.read_bytes()[:-1])
        for stamps in self.cache.glob("llvmcache-stamps-*"):
            stamps.write_bytes(b"opxstmp1" + b"\xff" * 100)
        self.assertEqual(self.check(fresh=False), 1)
        not_a_folder = self.top / "file"
        not_a_folder.write_text("")
        self.assertEqual(self.check(cache=not_a_folder, fresh=False), len(UNITS))
        self.assertRegex(self.run_program("--cache", not_a_folder)[3], NOTICE)

    @unittest.skipIf(os.geteuid() == 0, "root may write anywhere")
    def test_read_only_cache(self):
        self.cache.chmod(0o500)
        self.edit("common/config.cpp", "\n", "\n\n")
        self.assertEqual(self.check(), 1)
        self.assertEqual(self.check(fresh=False), 1, "found what was there, kept nothing")
        self.cache.chmod(0o700)

    def test_a_full_disk_costs_nothing_but_time(self):
        self.edit("common/config.cpp", "\n", "\n\n")
        limited = ["sh", "-c", "ulimit -f 1; trap '' XFSZ; exec \"$@\"", "sh"]
        done = subprocess.run([*limited, PROGRAM, "-p", self.root, "--root", self.root, "--quiet", "--verbose", "--cache", self.cache,
                               "--rules", self.root / "shop.yaml", "--profile", "audit"], capture_output=True, text=True)
        self.assertRegex(done.stderr, NOTICE)
        self.check()
        self.assertEqual(done.stdout, self.expected[1])
        self.assertFalse(list(self.cache.glob("*.tmp")))

    def test_runs_at_once(self):
        cache = self.top / "shared"
        runs = [subprocess.Popen([PROGRAM, "-p", self.root, "--root", self.root, "--quiet", "--cache", cache, "--rules",
                                  self.root / "shop.yaml", "--profile", "audit"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                for _ in range(3)]
        for run in runs:
            out, err = run.communicate()
            self.assertEqual((out.decode(), err), (self.expected[1], b""))
        self.assertEqual(self.check(cache=cache, fresh=False), 0)

    def test_another_folder(self):
        other = self.top / "elsewhere/checkout"
        shutil.copytree(self.root, other)
        self.write_database(other)
        self.assertEqual(self.check(root=other), 0)

    def test_other_commands(self):
        unit = self.root / UNITS[0]
        for command in (["facts", "--dump"], ["rules", "coverage"], ["rules", "suggest"], ["explain", "--why-not", f"{unit}:10"]):
            def run(*options):
                rules = [] if command[0] == "facts" else ["--rules", self.root / "shop.yaml"]
                done = subprocess.run([PROGRAM, *command, "-p", self.root, "--root", self.root, "--quiet", "--verbose", *rules,
                                       *options, *([unit] if command[0] == "facts" else [])], capture_output=True, text=True)
                self.assertRegex(done.stderr, COUNTS)
                return done.stdout, int(COUNTS.search(done.stderr)[1])
            run("--cache", self.cache)
            again = run("--cache", self.cache)
            self.assertEqual(again[1], 0, command)
            self.assertEqual(again[0], run("--no-cache")[0], command)

    def test_cache_commands(self):
        def cache(*words):
            return subprocess.run([PROGRAM, "cache", *words, "--cache", self.cache], capture_output=True, text=True, check=True).stdout
        self.assertRegex(cache("show"), f"entries +{len(UNITS)}\n")
        self.assertRegex(cache("prune", "--max-size", "1"), "of")
        cache("clear")
        self.assertRegex(cache("show"), "entries +0\n")
        self.assertEqual(list(self.cache.iterdir()), [])


class WholeShop(Project):
    def test_cold_warm_and_without(self):
        def run(*options):
            sarif = self.top / "whole.sarif"
            done = subprocess.run([PROGRAM, "-p", BUILD, "--root", SHOP, "--rules", SHOP / "shop.yaml", "--profile", "audit", "--quiet",
                                   "--verbose", "--output", "text", "--output", f"sarif={sarif}", *options],
                                  capture_output=True, text=True)
            return (done.stdout, sarif.read_bytes(), done.returncode), int(COUNTS.search(done.stderr)[1])
        cold, parsed = run("--cache", self.cache)
        self.assertGreater(parsed, 20)
        warm, parsed = run("--cache", self.cache, "-j3")
        self.assertEqual(parsed, 0)
        self.assertEqual(warm, cold)
        self.assertEqual(run("--no-cache", "-j1")[0], cold)


class RandomEdits(Project):
    def setUp(self):
        super().setUp()
        self.kept = {}

    def headers(self):
        return sorted(file for file in self.root.rglob("*.h") if "proto" not in file.parts)

    def step(self, draw):
        """One edit; its name."""
        unit = draw.choice(sorted(self.flags))
        source, header = self.root / unit, draw.choice(self.headers())
        edited = draw.choice([source, header])
        text = edited.read_text()
        line = draw.randrange(text.count("\n") + 1)
        kind = draw.choice(["comment", "code", "touch", "flag", "early", "delete", "restore", "rename", "pack", "unit", "none"])
        if kind == "comment":
            lines = text.split("\n")
            lines.insert(line, f"// Remark {draw.randrange(10 ** 6)}.")
            edited.write_text("\n".join(lines))
        elif kind == "code":
            edited.write_text(text + f"\ninline int opexAdded{draw.randrange(10 ** 6)}() {{ return {draw.randrange(9)}; }}\n")
        elif kind == "touch":
            os.utime(edited)
        elif kind == "flag":
            self.flags[unit].append(f"-DADDED={draw.randrange(5)}")
        elif kind == "early":
            early = self.root / "early" / draw.choice(["string", "vector", header.relative_to(self.root)])
            early.parent.mkdir(parents=True, exist_ok=True)
            if early.exists():
                early.unlink()
            else:
                early.write_text(f"namespace early{draw.randrange(99)} {{}}\n#include_next <{early.relative_to(self.root / 'early')}>\n")
        elif kind == "delete":
            self.kept[header] = header.read_bytes()
            header.unlink()
        elif kind == "restore" and self.kept:
            header, content = self.kept.popitem()
            header.write_bytes(content)
        elif kind == "rename":
            renamed = source.with_name(f"renamed{draw.randrange(10 ** 6)}.cpp")
            source.rename(renamed)
            self.flags[str(renamed.relative_to(self.root))] = self.flags.pop(unit)
        elif kind == "pack":
            with open(self.root / "shop.yaml", "a", encoding="utf-8") as pack:
                pack.write("# A remark.\n")
        elif kind == "unit":
            twin = source.with_name(f"twin{draw.randrange(10 ** 6)}.cpp")
            shutil.copy(source, twin)
            self.flags[str(twin.relative_to(self.root))] = list(self.flags[unit])
            if len(self.flags) > 4:
                self.flags.pop(sorted(self.flags)[0])
        self.write_database()
        return f"{kind} {edited.relative_to(self.root)}"

    def test_any_edit(self):
        seed = int(os.environ.get("OPEX_SEED", "1"))
        draw = random.Random(seed)
        history, parsed, total = [], 0, 0
        self.check()
        for _ in range(int(os.environ.get("OPEX_EDITS", "10"))):
            history += [self.step(draw) for _ in range(draw.choice([1, 1, 2]))]
            with self.subTest(seed=seed, history=history):
                parsed += self.check(f"-j{draw.choice([1, 2, 5])}")
                total += len(self.flags)
        self.assertLess(parsed, total)
        print(f"{parsed} of {total} units were parsed", file=sys.stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *REST])
