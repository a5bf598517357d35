#!/usr/bin/env python3
"""Holds every #include of the tree against ci/layers.txt, and opex_layer()'s USES in CMakeLists.txt too."""
import pathlib
import re
import sys

# Libraries whose headers the table restricts; any other <…> header is the standard library's or the system's.
RESTRICTED = {"llvm", "llvm-c", "clang", "clang-c", "clang-tidy", "lld", "yaml-cpp", "CLI"}
EVERYWHERE = {"llvm/ADT", "llvm/Support"}
INCLUDE = re.compile(r'^[ \t]*#[ \t]*(?:include|import)[ \t]+(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)
SOURCES = {".cpp", ".h", ".def", ".inc"}
# Sources there that are read by opex-tidy, not compiled into it.
NOT_OURS = {"testdata", "build"}


def read_table(text):
    """part -> set of allowed names, of which `library@file` only holds for that file."""
    table = {}
    for line in text.splitlines():
        line = line.split("#")[0].strip()
        if line:
            part, allowed = line.split(":")
            table[part] = set(allowed.split())
    return table


def part_of(table, path):
    """The part that a file belongs to: its room if it is in one, else its folder; None if it is in neither."""
    folders = path.split("/")[:-1]
    parts = ("/".join(folders[:n]) for n in range(len(folders), 0, -1))
    return next((part for part in parts if part in table), None)


def check_include(table, part, path, header, quoted):
    """Why the include is not allowed, or None. `path` is the including file below its part."""
    allowed = table[part]
    if "*" in allowed:
        return None
    top = header.split("/")[0]
    target = part_of(table, header)
    if target:
        if not quoted:
            return f"<{header}> is ours: write it with quotes"
        is_above = target == part or target.startswith(part + "/")
        return None if is_above or target in allowed or top in allowed else f"{part} may not include {target}"
    if "/".join(header.split("/")[:2]) in EVERYWHERE:
        return None
    if top in RESTRICTED:
        for name in allowed:
            library, _, only = name.partition("@")
            if library == top and only in ("", path):
                return None
        return f"{part}/{path} may not include {top}"
    return f'"{header}" is not written from the repository root' if quoted else None


def check_tree(root, table):
    problems, files, includes = [], 0, 0
    rooms = {part.split("/")[0] for part in table if "/" in part}  # folders in which every file outside a room lies on top
    folders = [f for f in root.iterdir() if f.is_dir() and f.name not in NOT_OURS and f.name[0] != "."]
    for path in sorted(path for folder in folders for path in folder.rglob("*")):
        if path.suffix not in SOURCES or "node_modules" in path.parts:
            continue
        relative = path.relative_to(root)
        part = part_of(table, relative.as_posix())
        if not part or len(relative.parts) - 1 > part.count("/") + 1 and part.split("/")[0] in rooms:
            problems.append(f"{relative}: ci/layers.txt has no line for {relative.parent}")
            continue
        files += 1
        text = path.read_text(encoding="utf-8")
        for match in INCLUDE.finditer(text):
            includes += 1
            header, quoted = (match[1], True) if match[1] else (match[2], False)
            why = check_include(table, part, relative.relative_to(part).as_posix(), header, quoted)
            if why:
                problems.append(f"{relative}:{text.count(chr(10), 0, match.start(0)) + 1}: {why}")
    return problems, files, includes


def check_build(text, table):
    """opex_layer(x USES …) may name no more than the table."""
    problems = []
    for call in re.findall(r"^\s*opex_layer\(([^)]*)\)", text, re.MULTILINE):
        words = call.split()
        part, uses, at = words[0], [], "USES" in words and words.index("USES") + 1
        while at and at < len(words) and not words[at].isupper():
            uses.append(words[at])
            at += 1
        for name in uses:
            if part not in table or name not in table[part] and not name.startswith(part + "/"):
                problems.append(f"CMakeLists.txt: opex_layer({part}) uses {name}")
    return problems


def check_order(table):
    """What a part may include stands above it, so there is no circle."""
    seen, problems = set(), []
    for part, allowed in table.items():
        problems += [f"ci/layers.txt: {part} comes before {name}" for name in sorted(allowed)
                     if name in table and name not in seen]
        seen.add(part)
    return problems


def check_the_checker():
    """The rules on made-up includes: a checker that accepts everything would pass on any tree."""
    table = read_table("model:\nrules: model yaml-cpp@load.cpp\nfrontend: model clang llvm\nanalysis/body: model\n"
                       "analysis/calls: model analysis/body\nanalysis: model\nchecks: analysis\ntests: *\n")
    good = [("model", "facts.h", "model/ids.h", True), ("rules", "load.cpp", "yaml-cpp/yaml.h", False),
            ("frontend", "parse.cpp", "clang/AST/Decl.h", True), ("model", "a.h", "llvm/ADT/StringRef.h", True),
            ("model", "a.h", "vector", False), ("tests", "a.cpp", "clang/AST/Decl.h", True),
            ("analysis/calls", "a.h", "analysis/body/b.h", True), ("analysis/calls", "a.h", "analysis/calls/b.h", True),
            ("analysis", "a.h", "analysis/calls/b.h", True), ("checks", "a.cpp", "analysis/body/b.h", True)]
    bad = [("model", "facts.h", "rules/rules.h", True), ("rules", "rules.h", "yaml-cpp/yaml.h", False),
           ("model", "a.h", "clang/AST/Decl.h", True), ("model", "a.h", "llvm/IR/Module.h", True),
           ("model", "a.h", "facts.h", True), ("model", "a.h", "model/ids.h", False),
           ("analysis/body", "a.h", "analysis/calls/b.h", True), ("analysis/body", "a.h", "analysis/a.h", True),
           ("model", "a.h", "analysis/body/b.h", True)]
    return ([f"allowed, but refused: {case}" for case in good if check_include(table, *case)] +
            [f"refused, but allowed: {case}" for case in bad if not check_include(table, *case)] +
            ([] if check_build("opex_layer(model USES rules)", table) else ["a wrong USES was accepted"]) +
            ([] if check_order(read_table("a: b\nb:")) else ["a circle was accepted"]))


def main():
    root = pathlib.Path(sys.argv[1])
    table = read_table((root / "ci/layers.txt").read_text(encoding="utf-8"))
    problems, files, includes = check_tree(root, table)
    problems += check_the_checker() + check_order(table)
    problems += check_build((root / "CMakeLists.txt").read_text(encoding="utf-8"), table)
    if not includes:
        problems.append("no include was read")
    print("\n".join(problems) or f"{includes} includes in {files} files are as ci/layers.txt says")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
