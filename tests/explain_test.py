#!/usr/bin/env python3
"""`explain` on testdata/shop: behind every finding there is a story, and behind every silence a reason.

The facts of the shop are made once; all questions are asked of them. Usage:
explain_test.py --opex PROGRAM --build DIRECTORY --root DIRECTORY"""
import argparse
import csv
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

OPTIONS = None

# What is silent in the shop, by file and line, and what must be given as the reason.
REASONS = {
    ("front/payment_client.cpp", 55): r"connect: set, 1500 ms\n +\S+: `CURLOPT_TIMEOUT_MS` is set here\n    transfer: set, 1500 ms\n",
    ("front/tax_client.cpp", 12): r"not reported by opex-missing-timeout: it is limited in time",
    ("worker/shipping_client.cpp", 33): r"transfer: set, to a value that the code alone does not tell",
    ("worker/worker.cpp", 50): r"meant by row std/std::thread::join \(calls\)\n(  .*\n)*  not counted: the work that it waits for is started in sight",
    ("front/main.cpp", 51): r"no entry point is known to lead here",
    ("catalogue/service.cpp", 80): r'its comment gives a reason: "',
    ("worker/worker.cpp", 109): r"it logs, and stands at .*: nobody above could do more",
    ("worker/worker.cpp", 59): r"opex-swallowed-exception: it (hands on the caught|reports|does something)",
    ("worker/outbox.cpp", 10): r"queue `.*`: all that adds to it is held back when it is full\n +worker/outbox.cpp:\d+:\d+: it is held back here",
    ("catalogue/service.cpp", 30): r"not counted: only this function has what is added to",
    ("front/catalogue_client.cpp", 55): r"no retry: ",
    ("worker/worker.cpp", 56): r"no retry: ",
    ("front/payment_client.cpp", 70): r"opex-excessive-retry: retry of `.*`: it tries 2 times at most, and 2 are accepted",
    ("front/payment_client.cpp", 31): r"opex-unbounded-retry: retry of `curl_easy_perform`: its attempts are limited to 3",
    ("catalogue/service.cpp", 148): r"rare one of two ways to one result, but held back and limited in time",
    ("worker/worker.cpp", 108): r"opex-log-in-loop: log at level \w+: ",
}


class Explain(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.facts = f"{cls.folder.name}/facts"
        subprocess.run([OPTIONS.opex, "facts", OPTIONS.root, "-p", OPTIONS.build, "--root", OPTIONS.root, "--quiet", "-o", cls.facts],
                       check=True, timeout=300)
        log = f"{cls.folder.name}/shop.sarif"
        subprocess.run([OPTIONS.opex, "link", cls.facts, "--rules", f"{OPTIONS.root}/shop.yaml", "--quiet", "--profile", "audit",
                        "--fail-on", "none", "--output", f"sarif={log}"], check=True, timeout=300)
        cls.results = json.loads(pathlib.Path(log).read_text())["runs"][0]["results"]
        with open(f"{OPTIONS.root}/expected.csv", encoding="utf-8", newline="") as table:
            cls.rows = [row for row in csv.DictReader(table) if row["state"] == "checked"]

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def explain(self, *words, expect=0):
        done = subprocess.run([OPTIONS.opex, "explain", *words, "--facts", self.facts, "--rules", f"{OPTIONS.root}/shop.yaml"], capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done.stdout if expect == 0 else done.stderr

    def why_not(self, places):
        """The answers for the places, by place."""
        words = [word for file, line in places for word in ("--why-not", f"{file}:{line}")]
        stories = re.split(r"(?m)^(?=\S+:\d+$)", self.explain(*words))[1:]
        return {tuple(story.split("\n", 1)[0].rsplit(":", 1)): story for story in stories}

    def print_of(self, result):
        return result["partialFingerprints"]["opexTidy/v1"]

    def test_every_finding_has_a_story(self):
        stories = re.split(r"(?m)^(?=\S+:\d+:\d+: (?:error|warning|note): )",
                           self.explain(*map(self.print_of, self.results)))[1:]
        self.assertEqual(len(stories), len(self.results))
        for story, result in zip(stories, self.results):
            self.assertIn(result["ruleId"], story)
            self.assertIn(f"id:         {self.print_of(result)}, shown in profile", story)
            confidence = re.search(r"\nconfidence: (\w+)(, no step of the evidence is in doubt|; its weakest link: \S.*)\n", story)
            self.assertTrue(confidence, story)
            self.assertEqual(confidence[1] == "high", confidence[2].startswith(","), story)
            self.assertRegex(story, r"\npractices\n  [A-Z]+\d+: ")
            self.assertRegex(story, r"\nevidence, in the order in which it happens\n  1\. \S+:\d+:\d+: .*\n +\d+ \| ")
            for row in result.get("properties", {}).get("packRows", []):
                self.assertRegex(story, rf"\n  \S+\.yaml:\d+: .* of pack {row.split('/')[0]}\n")

    def test_the_object_is_followed(self):
        charge = next(r for r in self.results if r["ruleId"] == "opex-missing-timeout"
                      and "payment_client" in json.dumps(r["locations"]))
        story = self.explain(self.print_of(charge))
        self.assertRegex(story, r"(?s)\n`curl_easy_perform`\n  a dependency call \(http\) by row curl/curl_easy_perform, on a request path"
                                r".*\n    transfer: unset, no `CURLOPT_TIMEOUT` is set.*\n +front/payment_client.cpp:15:79: `curl_easy_init` makes it")
        self.assertIn("shown in profiles ci, ide and audit\n", story)
        self.assertRegex(story, r"\n    - \{function: curl_easy_perform, kind: http, subject: arg0,\n")

    def test_ids(self):
        whole = self.print_of(self.results[0])
        self.assertEqual(self.explain(whole), self.explain(whole[:8].upper()))
        error = self.explain("0123456789abcdef", expect=2)
        self.assertRegex(error, rf"no finding has the id '0123456789abcdef'; {len(self.results)} findings ")

    def test_who_sees_it(self):
        hidden = next(r for r in self.results if r["properties"]["confidence"] == "medium")
        self.assertIn("shown in profiles ide and audit, not in ci", self.explain(self.print_of(hidden)))
        text = self.explain(self.print_of(hidden), f"--checks=-{hidden['ruleId']}")
        self.assertIn("; the check is switched off by the options of this run", text)

    def test_every_fault_is_said_to_be_reported(self):
        faults = [row for row in self.rows if row["kind"] == "fault"]
        stories = self.why_not([(row["file"], row["line"]) for row in faults])
        for row in faults:
            self.assertIn(f"reported by opex-{row['check']} ", stories[row["file"], row["line"]])

    def test_every_silence_has_a_reason(self):
        fine = [(row["file"], row["line"]) for row in self.rows if row["kind"] == "fine"]
        stories = self.why_not(fine)
        for place in fine:
            self.assertRegex(stories[place], r"\n  (not |no |reported by |part of |meant by |  \w+: set)", place)
        for (file, line), reason in REASONS.items():
            self.assertRegex(stories[file, str(line)], reason)

    def test_nothing_there(self):
        story = self.explain("--why-not", "front/payment_client.cpp:1")
        self.assertRegex(story, r"no call, loop or handler begins on this line; the nearest are on line \d+ \(.*\) and line \d+ \(")
        self.assertIn("did you mean 'front/payment_client.cpp'?", self.explain("--why-not", "front/payment_clinet.cpp:1", expect=2))
        self.assertIn("is not of the form FILE:LINE", self.explain("--why-not", "front/payment_client.cpp", expect=2))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    for name in ("opex", "build", "root"):
        parser.add_argument(f"--{name}", required=True)
    OPTIONS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
