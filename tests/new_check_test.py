#!/usr/bin/env python3
"""tools/new-check in a copy of what it needs: what it writes compiles, and is where checks are.

Usage: new_check_test.py COMPILER ROOT, the compiler with the flags that LLVM's headers need."""
import pathlib
import shutil
import subprocess
import sys
import tempfile

COMPILER, ROOT = sys.argv[1].split(), pathlib.Path(sys.argv[2])


def main():
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder)
        for name in ("tools/new-check", "checks/registry.def"):
            (copy / name).parent.mkdir()
            shutil.copy(ROOT / name, copy / name)
        (copy / "testdata").mkdir()
        subprocess.run([copy / "tools/new-check", "some_new_check"], check=True)
        assert subprocess.run([copy / "tools/new-check", "some_new_check"]).returncode == 1, "it overwrites a check"
        assert subprocess.run([copy / "tools/new-check", "BlockingLock"]).returncode == 1, "it takes any name"
        lines = (copy / "checks/registry.def").read_text().splitlines()[1:]
        assert lines == sorted(lines) and lines.count("OPEX_CHECK(some_new_check)") == 1, lines
        assert (copy / "testdata/some_new_check.cpp").exists()
        source = copy / "checks/some_new_check.cpp"
        for heading in ("What it finds", "Why it hurts in production", "Example", "Instead", "Limits"):
            assert f"\n## {heading}\n" in source.read_text(), heading
        subprocess.run([*COMPILER, "-std=c++20", "-fno-rtti", "-fsyntax-only", "-I", ROOT, source], check=True)


main()
