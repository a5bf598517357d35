#!/usr/bin/env python3
"""ci/mutate on a small program: which places it finds, that it leaves the sources alone, and what it says."""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

TREE = pathlib.Path(__file__).resolve().parent.parent
OPEX = None

CLIENT = """\
#include "client.h"

#include <curl/curl.h>
#include <stdexcept>
#include <unistd.h>

Client::Client() : handle_(curl_easy_init()) {}

bool Client::fetch(const char *address) {
  curl_easy_setopt(handle_, CURLOPT_URL, address);
  curl_easy_setopt(handle_, CURLOPT_TIMEOUT, 5L);
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (curl_easy_perform(handle_) == CURLE_OK) {
      return true;
    }
    sleep(1);
  }
  return false;
}

void Client::warm(const char *address) {
  const char *target = address;
  try {
    parse(target);
  } catch (const std::runtime_error &) {
    // The first request parses it again, and reports what is wrong.
  }
  failures_ = 0;
}

void Client::parse(const char *text) {
  if (!text) {
    throw std::runtime_error("no text");
  }
}
"""
HEADER = """\
#pragma once
typedef void CURL;

class Client {
public:
  Client();
  virtual ~Client() = default;
  bool fetch(const char *address);
  void warm(const char *address);

private:
  void parse(const char *text);
  CURL *handle_;
  int failures_ = 0;
  int unused_;
  long spare_;
};
"""
MAIN = """\
#include "client.h"

bool refresh(Client &client) {
  bool fetched = client.fetch("https://example.com/");
  return fetched;
}

int main() {
  Client client;
  client.warm("x");
  return refresh(client) ? 0 : 1;
}
"""


class Mutate(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory()
        cls.home = pathlib.Path(cls.directory.name)
        cls.root = cls.home / "project"
        (cls.root / "src").mkdir(parents=True)
        for name, text in (("client.cpp", CLIENT), ("client.h", HEADER), ("main.cpp", MAIN)):
            (cls.root / "src" / name).write_text(text)
        entries = [{"directory": str(cls.root / "src"), "file": f"{name}.cpp", "arguments": ["c++", "-std=c++17", "-c", f"{name}.cpp"]}
                   for name in ("client", "main")]
        (cls.root / "compile_commands.json").write_text(json.dumps(entries))
        cls.result = json.loads(cls.run_mutate("--json").stdout)

    @classmethod
    def tearDownClass(cls):
        cls.directory.cleanup()

    @classmethod
    def run_mutate(cls, *options, root=None, expected=0):
        done = subprocess.run([sys.executable, TREE / "ci/mutate", "--root", root or cls.root, "-p", root or cls.root, "--opex", OPEX,
                               "--work", cls.home / "work", "-j2", "--preserving", "1", *options], capture_output=True, text=True)
        assert done.returncode == expected, f"exit {done.returncode}: {done.stderr}"
        return done

    def outcome(self, operator):
        return {(one["function"], one["outcome"]) for one in self.result["mutants"] if one["operator"] == operator}

    def test_mutants_are_caught(self):
        for operator, function in (("delete-timeout", "Client::fetch"), ("infinite-timeout", "Client::fetch"),
                                   ("delete-retry-test", "Client::fetch"), ("delete-retry-count", "Client::fetch"),
                                   ("delete-reason", "Client::warm"), ("empty-handler", "Client::warm"),
                                   ("todo-for-reason", "Client::warm"), ("endless-retry", "refresh")):
            self.assertIn((function, "caught"), self.outcome(operator), operator)

    def test_nothing_is_stillborn(self):
        self.assertEqual([one for one in self.result["mutants"] if one["outcome"] == "stillborn"], [])

    def test_differences_are_shown(self):
        mutant = next(one for one in self.result["mutants"] if one["operator"] == "infinite-timeout")
        self.assertIn("+  curl_easy_setopt(handle_, CURLOPT_TIMEOUT, 0L);", mutant["diff"])
        self.assertTrue(mutant["by"].startswith("missing-timeout at src/client.cpp:"), mutant["by"])

    def test_preserving_edits_change_nothing(self):
        kinds = {one["kind"]: one for one in self.result["preserving"]}
        self.assertLessEqual({"blank-lines", "comments", "rename-local", "reorder-methods", "reorder-members", "rename-member"},
                             set(kinds))
        self.assertEqual([one for one in kinds.values() if one["outcome"] != "unchanged"], [])

    def test_sources_are_as_they_were(self):
        self.assertEqual((self.root / "src/client.cpp").read_text(), CLIENT)
        self.assertEqual((self.root / "src/client.h").read_text(), HEADER)

    def test_again_is_the_same_and_text_tells_it(self):
        self.assertEqual(json.loads(self.run_mutate("--json").stdout), self.result)
        text = self.run_mutate("--operator", "delete-timeout").stdout
        self.assertIn("delete-timeout            1 of   1  100.0 %  missing-timeout\n", text)
        self.assertIn("edits that change no meaning: 0, of which 0 changed findings", text)

    def test_threshold(self):
        self.run_mutate("--operator", "delete-timeout", "--min-caught", "100")
        self.run_mutate("--operator", "delete-queue-guard", "--min-caught", "1", expected=1)  # There is none.

    def test_bad_input(self):
        empty = self.home / "empty"
        empty.mkdir()
        (empty / "compile_commands.json").write_text("[]")
        self.assertIn("no source below", self.run_mutate(root=empty, expected=2).stderr)
        (empty / "compile_commands.json").write_text("[")
        self.run_mutate(root=empty, expected=2)


class Parts(unittest.TestCase):
    """The pieces that read packs and sources."""

    @classmethod
    def setUpClass(cls):
        sys.path.insert(0, str(TREE / "ci"))

    def test_rows(self):
        from mutation.packs import Packs
        packs = Packs(TREE / "rules/packs")
        rows = packs.find("setters", "curl_easy_setopt", ["handle", "CURLOPT_TIMEOUT_MS", "5L"])
        self.assertEqual([row["sets"] for row in rows], ["total"])
        self.assertEqual(packs.find("setters", "curl_easy_setopt", ["handle", "CURLOPT_URL", "text"]), [])
        self.assertTrue(packs.is_open("curl", "total"))
        self.assertFalse(packs.is_open("curl", "connect"))

    def test_every_pack_is_read(self):
        from mutation.packs import Packs
        packs = Packs(TREE / "rules/packs")
        for section in packs.rows:
            self.assertTrue(all(row["pack"] for row in packs.rows[section]), section)
        calls = sum(text.count("phases:") for text in (file.read_text() for file in (TREE / "rules/packs").glob("*.yaml")))
        self.assertGreater(len(packs.rows["calls"]), calls * 0.95)

    def test_source(self):
        from mutation.source import Source
        with tempfile.TemporaryDirectory() as directory:
            file = pathlib.Path(directory) / "a.cpp"
            file.write_text('#define A (\nf("a)b", g(1, 2)); // )\nif (x) h(\'(\');\n')
            source = Source(file)
            begin = source.bytes.index(b"f(")
            end = source.bytes.index(b"; //")
            self.assertEqual([source.text(*one).strip() for one in source.arguments(begin, end)], ['"a)b"', "g(1, 2)"])
            self.assertTrue(source.starts_statement(begin))
            self.assertTrue(source.starts_statement(source.bytes.index(b"h(")))
            self.assertFalse(source.starts_statement(source.bytes.index(b"g(")))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--opex", required=True)
    options, rest = parser.parse_known_args()
    OPEX = options.opex
    unittest.main(argv=[sys.argv[0], *rest])
