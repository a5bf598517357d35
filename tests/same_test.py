#!/usr/bin/env python3
"""What ci/same says of two SARIF logs that differ: every kind of difference is named, and none is lost."""
import copy
import json
import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "ci"))
from sarif_diff import describe  # noqa: E402

LOG = json.loads((ROOT / "testdata/golden/full.sarif").read_text(encoding="utf-8"))


def described(change):
    """What is said when `change` has had its way with the log's results and its run."""
    changed = copy.deepcopy(LOG)
    run = changed["runs"][0]
    change(run["results"], run)
    return describe("shop", json.dumps(LOG), json.dumps(changed))


class Same(unittest.TestCase):
    def test_gone_and_new(self):
        self.assertIn("1 gone, 0 new, 0 changed", described(lambda results, _: results.pop(0)))

        def another(results, _):
            results.append(copy.deepcopy(results[0]))
            results[-1]["locations"][0]["physicalLocation"]["region"]["startLine"] = 4711
            results[-1]["partialFingerprints"]["opexTidy/v1"] = "another"
        said = described(another)
        self.assertIn("0 gone, 1 new, 0 changed", said)
        self.assertRegex(said, r"new +opex-missing-timeout \S+:4711:")

    def test_changed(self):
        def less_sure(results, _):
            results[0]["properties"]["confidence"] = "low"
            results[0]["message"]["text"] = "another message"
            results[0]["codeFlows"][0]["threadFlows"][0]["locations"].pop()
        said = described(less_sure)
        self.assertIn("0 gone, 0 new, 1 changed", said)
        for part in ("confidence:\n        -high\n        +low\n", "+another message", "chain:\n        -"):
            self.assertIn(part, said)

    def test_a_new_identity_at_the_same_place_is_a_change(self):
        def renamed(results, _):
            results[0]["partialFingerprints"]["opexTidy/v1"] = "another"
        said = described(renamed)
        self.assertIn("0 gone, 0 new, 1 changed", said)
        self.assertIn("/partialFingerprints/opexTidy/v1: ", said)

    def test_order_numbers_and_the_rest(self):
        self.assertIn("another order", described(lambda results, _: results.reverse()))
        self.assertIn("only in the numbers", described(lambda results, _: results[0].update(ruleIndex=7)))

        def help_changes(_, run):
            run["tool"]["driver"]["rules"][0]["help"]["text"] = "another help"
        self.assertIn("/rules/0/help/text: ", described(help_changes))


if __name__ == "__main__":
    unittest.main()
