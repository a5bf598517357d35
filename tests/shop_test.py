#!/usr/bin/env python3
"""Runs opex-tidy on testdata/shop and compares its findings with testdata/shop/expected.csv.

Every fault of a check that exists must be reported on exactly its line, and nothing else anywhere. Rows of
checks that do not exist yet are marked `pending`; the test fails when one of these checks begins to exist, so
that its rows are looked at again and marked `checked`.
"""
import argparse
import collections
import csv
import json
import pathlib
import re
import subprocess
import sys
import tempfile

# As in tools/dev demo: medium confidence, too, which `ci` leaves out.
PROFILE = ("--profile", "audit")


def read_table(file):
    """The rows as dictionaries, and what is wrong with the table itself."""
    rows, problems = [], []
    with open(file, encoding="utf-8", newline="") as table:
        for number, row in enumerate(csv.DictReader(table), start=2):
            if row["kind"] not in ("fault", "fine") or row["state"] not in ("checked", "pending"):
                problems.append(f"{file.name}:{number}: kind or state is none of the known ones")
                continue
            row["line"] = int(row["line"])
            rows.append(row)
    places = collections.Counter((row["check"], row["file"], row["line"]) for row in rows)
    problems += [f"{file.name}: several rows for {place}" for place, count in places.items() if count > 1]
    return rows, problems


def read_findings(log):
    """(check, file, line) of every result."""
    findings = []
    for result in log["runs"][0].get("results", []):
        place = result["locations"][0]["physicalLocation"]
        findings.append((result["ruleId"].removeprefix("opex-"), place["artifactLocation"]["uri"],
                         place["region"]["startLine"]))
    return findings


def compare(rows, findings, existing):
    """What differs, as sentences."""
    differences = []
    for check in sorted({row["check"] for row in rows if row["state"] == "pending"} & existing):
        differences.append(f"{check} exists now: look at its rows and mark them checked")
    for check in sorted({row["check"] for row in rows if row["state"] == "checked"} - existing):
        differences.append(f"{check} has rows marked checked, but there is no such check")
    notes = {(row["check"], row["file"], row["line"]): row for row in rows}
    expected = {place for place, row in notes.items() if row["kind"] == "fault" and row["state"] == "checked"}
    for check, file, line in sorted(expected - set(findings)):
        row = notes[check, file, line]
        differences.append(f"{file}:{line}: no {check} in {row['function']} ({row['note']})")
    for place, count in sorted(collections.Counter(findings).items()):
        check, file, line = place
        if place not in expected:
            row = notes.get(place)
            why = f"is fine: {row['note']}" if row and row["kind"] == "fine" else "is not in the table"
            differences.append(f"{file}:{line}: {check} {why}")
        elif count > 1:
            differences.append(f"{file}:{line}: {check} is reported {count} times")
    return differences


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--opex", required=True, help="the program under test")
    parser.add_argument("--build", required=True, type=pathlib.Path, help="shop's build directory")
    parser.add_argument("--root", required=True, type=pathlib.Path, help="shop's sources")
    options = parser.parse_args()

    rows, problems = read_table(options.root / "expected.csv")
    for row in rows:
        source = (options.root / row["file"]).read_text(encoding="utf-8").splitlines()
        if row["line"] > len(source):
            problems.append(f"expected.csv: {row['file']} has no line {row['line']}")
    listed = subprocess.run([options.opex, "--profile", "audit", "--list-checks"],
                            capture_output=True, text=True)
    existing = {name.removeprefix("opex-") for name in re.findall(r"opex-[a-z0-9-]*[a-z0-9]", listed.stdout)}
    if listed.returncode or not existing:
        problems.append(f"--list-checks lists nothing (exit {listed.returncode}): {listed.stderr.strip()}")

    with tempfile.TemporaryDirectory() as directory:
        file = pathlib.Path(directory) / "shop.sarif"
        run = subprocess.run([options.opex, "-p", str(options.build), "--root", str(options.root), *PROFILE,
                              "--rules", str(options.root / "shop.yaml"),
                              "--output", f"sarif={file}", "--output", "text"], capture_output=True, text=True)
        if run.returncode != 1:
            problems.append(f"exit code {run.returncode}, 1 was expected: shop has faults and all of it parses")
        findings = None
        if file.exists():
            findings = read_findings(json.loads(file.read_text(encoding="utf-8")))
    if findings is None:
        problems.append("no SARIF log was written")
    else:
        problems += compare(rows, findings, existing)

    if problems:
        print("\n".join(problems))
        print(f"\n{len(problems)} differences; opex-tidy printed:\n{run.stdout[-6000:]}\n{run.stderr[-6000:]}")
        return 1
    alike = sum(row["kind"] == "fine" for row in rows)
    print(f"{len(findings)} findings, all of them expected; {alike} look-alikes left alone")
    return 0


if __name__ == "__main__":
    sys.exit(main())
