"""The program under test as its facts tell it, for finding places, and what the baseline run found in it."""
import functools
import pathlib
import re

from .source import Source


class Program:
    """Functions of the project's files, each once however many units see it."""

    def __init__(self, root, units):
        self.root = pathlib.Path(root)
        self.units = units
        sound = {unit.main for unit in units if unit.status == "Complete"}
        places = {}
        for unit in units:
            for function in unit.functions:
                if function.file in unit.files and not function.site.via:
                    places.setdefault((function.file, function.extent.begin), function)
        self.readers = {}  # file: the main files of the units that read it
        for unit in units:
            for file in unit.files:
                self.readers.setdefault(file, set()).add(unit.main)
        # A unit with errors cannot tell whether an edit broke it.
        self.by_name = {}
        for place in sorted(places):
            self.by_name.setdefault(places[place].name, []).append(places[place])
        self.functions = [places[place] for place in sorted(places) if self.readers[place[0]] <= sound]

    @functools.cache
    def fields_by_file(self):
        """Fields in the order of their places, each once."""
        fields = {(field.file, field.begin): field for unit in self.units for field in unit.fields}
        files = {}
        for place in sorted(fields):
            files.setdefault(place[0], []).append(fields[place])
        return files

    @functools.cache
    def declared(self):
        """Last component of a name: all the names that end so."""
        names = {}
        for full in set().union(*(unit.declared for unit in self.units)) | set(self.by_name) | {
                f"{field.record}::{field.name}" for fields in self.fields_by_file().values() for field in fields}:
            names.setdefault(full.split("::")[-1], set()).add(full)
        return names

    @functools.cache
    def local_names(self):
        return {step.text.split(" ")[0] for functions in self.by_name.values() for function in functions
                for step in function.walk() if step.word in ("param", "declare")}

    @functools.cache
    def source(self, file):
        return Source(self.root / file)

    @functools.cache
    def calls_of(self, name):
        return [step for function in self.by_name.get(name, ()) for step in function.walk() if step.word == "call"]

    @functools.cache
    def calls_in(self, file):
        return [step for function in self.functions if function.file == file
                for step in function.walk() if step.word == "call"]

    def reaches(self, name, depth, wanted):
        """Whether a function makes a call that is wanted, or one that it calls does, `depth` calls down."""
        seen, names = set(), {name}
        for _ in range(depth):
            calls = [call for one in names for call in self.calls_of(one)]
            if any(wanted(call) for call in calls):
                return True
            seen |= names
            names = {call.callee for call in calls} - seen
        return False

    @functools.cache
    def can_fail(self, name):
        """A function without a body, or one that does not return the same constant wherever it returns."""
        values = {step.text for function in self.by_name.get(name, ()) for step in function.walk()
                  if step.word == "exit" and step.text.startswith("Return")}
        return len(values) != 1 or not re.fullmatch(r"Return (?:true|false|-?\d+|1 .*|0 .*)", next(iter(values)))

    @functools.cache
    def compared_with_zero(self, name):
        """Callers of it test whether the result is 0."""
        last = re.escape(name.split("::")[-1])
        test = re.compile(rf"\b0\s*[!=]=\s*\(?(?:\w+\s*=\s*)?[\w.>:-]*\b{last}\(|\b{last}\([^;{{}}]*\)\)?\s*[!=]=\s*0\b")
        files = {step.function.file for function in self.functions for step in function.walk()
                 if step.word == "call" and step.callee == name}
        return any(test.search(self.source(file).masked.decode("latin-1")) for file in files)


def results_of(log):
    return log["runs"][0].get("results", [])


def check_of(result):
    return result["ruleId"].removeprefix("opex-")


def locations_of(result):
    """All places of a result, the anchor first: (file, line, function)."""
    found = [result["locations"][0]]
    found += [step["location"] for flow in result.get("codeFlows", []) for thread in flow["threadFlows"]
              for step in thread["locations"]]
    found += result.get("relatedLocations", [])
    return [(place["physicalLocation"]["artifactLocation"]["uri"],
             place["physicalLocation"].get("region", {}).get("startLine", 0),
             next((one["fullyQualifiedName"] for one in place.get("logicalLocations", [])), "")) for place in found]


class Known:
    """What the baseline run says, in the form that the operators ask for."""

    RETRIES = {"unbounded-retry", "excessive-retry", "nested-retry"}

    def __init__(self, log, program):
        self.results = results_of(log)
        self.program = program
        self.places = {}  # file: [(line, check)] of anchors
        self.loops, self.dependencies, self.functions = {}, set(), set()
        for result in self.results:
            file, line, function = locations_of(result)[0]
            self.places.setdefault(file, []).append((line, check_of(result)))
            if check_of(result) not in self.RETRIES:
                continue
            self.loops.setdefault(file, set()).add(line)
            self.functions.add(function)
            for flow in result.get("codeFlows", []):
                for step in (step for thread in flow["threadFlows"] for step in thread["locations"]):
                    if "dependency" in step.get("kinds", []):
                        physical = step["location"]["physicalLocation"]
                        self.dependencies.add((physical["artifactLocation"]["uri"], physical["region"]["startLine"]))

    def reported(self, checks, file, first, last):
        return any(first <= line <= last and check in checks for line, check in self.places.get(file, ()))

    @functools.cache
    def retrying(self, name):
        """It retries, or something that it calls does."""
        return name in self.functions or self.program.reaches(name, 3, lambda call: call.callee in self.functions)

    def retry_in(self, file, loop):
        last = max((child.site.end_line for child in loop.children if child.site), default=loop.site.line)
        return any(loop.site.line <= line <= last for line in self.loops.get(file, ()))

    def dependency_of_retry(self, file, line):
        return (file, line) in self.dependencies
