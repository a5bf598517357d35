"""Where a project can be made worse, and how: each operator yields mutants with the checks that must notice."""
import hashlib
import re

from .packs import REMOTE, argument_of, listed
from .shapes import (COMPARISON, COUNTED, conjuncts, counter_in, counting, leaves, loop_head, reason_around, subject_of,
                     success_leaves, test_range, unique)
from .source import spaces

# Operator: the checks of which one must report the mutant, and whether the report may stand away from the
# mutated function (what is configured here is used elsewhere).
EXPECTED = {
    "delete-timeout": (("missing-timeout",), True),
    "infinite-timeout": (("missing-timeout",), True),
    "delete-retry-test": (("unbounded-retry",), False),
    "delete-retry-count": (("unbounded-retry",), False),
    "delete-queue-guard": (("unbounded-queue",), True),
    "delete-backoff": (("retry-without-backoff",), False),
    "empty-handler": (("swallowed-exception",), False),
    "delete-rethrow": (("swallowed-exception",), False),
    "delete-reason": (("swallowed-exception", "unfinished-handler"), False),
    "todo-for-reason": (("unfinished-handler", "swallowed-exception"), False),
    "nest-retry": (("nested-retry",), False),
    "many-retries": (("excessive-retry", "nested-retry"), False),
    "endless-retry": (("unbounded-retry",), False),
}


class Mutant:
    """`edits` are (begin, end, replacement) in bytes of `file`, which is relative to the root."""

    def __init__(self, operator, function, at, edits, note):
        self.operator, self.function, self.file = operator, function.name, function.file
        self.begin, self.end = function.extent.begin, function.extent.end
        self.at, self.edits, self.note = at, sorted(edits), note
        self.key = hashlib.sha256(repr((operator, self.file, self.edits)).encode("utf-8", "surrogateescape")).hexdigest()[:16]

    def apply(self, text):
        for begin, end, replacement in reversed(self.edits):
            text = text[:begin] + replacement.encode("utf-8", "surrogateescape") + text[end:]
        return text


class Operators:
    """`known` answers what the baseline run says: known.retrying(name), known.reported(check, file, first, last)."""

    def __init__(self, program, packs, known):
        self.program, self.packs, self.known = program, packs, known
        self.skipped = {}

    def skip(self, operator, rule):
        self.skipped[operator, rule] = self.skipped.get((operator, rule), 0) + 1

    def all(self):
        for function in self.program.functions:
            source = self.program.source(function.file)
            steps = list(function.walk())
            calls = unique(step for step in steps if step.word == "call" and self.is_written(step, source))
            for find in (self.timeouts, self.retries, self.waits, self.wrapped):
                yield from find(function, source, calls)
            for step in steps:
                if step.word == "catch" and not step.site.via:
                    yield from self.handlers(function, source, step)
                elif step.word in ("branch", "loop") and not step.site.via:
                    yield from self.queue_guards(function, source, step, calls)

    @staticmethod
    def is_written(call, source):
        """Its text is that of a call, not of a macro with a call somewhere inside."""
        site = call.extent
        name = re.split(r"::", call.callee)[-1]
        text = source.text(site.begin, site.end)
        return bool(site) and (not site.via or site.via == name) and text.endswith(")") and name + "(" in re.sub(r"\s", "", text)

    # Timeouts

    def timeouts(self, function, source, calls):
        for call in calls:
            ranges = source.arguments(call.extent.begin, call.extent.end)
            arguments = [source.text(*one).strip() for one in ranges]
            for row in self.packs.find("setters", call.callee, arguments):
                settings = {name for name in listed(row.get("sets")) if self.open_phases(row["pack"], {name})}
                if not settings or row.get("resets") or row.get("subject") == "return":
                    continue  # What makes the subject cannot be left out.
                phases = self.other_limits(function, source, call, row, settings)
                if all(phases):
                    self.skip("delete-timeout", "another limit of the same phases on the same subject")
                else:
                    yield Mutant("delete-timeout", function, call.site.line, [self.deleted(source, call)], call.callee)
                place = argument_of(row.get("value"), arguments)
                edit = None if place is None else self.infinite(source, call, row, ranges[place], arguments[place])
                # What is set last counts: an infinite one takes back those of its kind that were set before.
                undone = lambda others: all(at < call.extent.begin and sets & settings for at, sets in others)
                if edit and any(map(undone, phases)):
                    yield Mutant("infinite-timeout", function, call.site.line, [edit], f"{call.callee} {row['sets']}")
                elif edit:
                    self.skip("infinite-timeout", "another limit of the same phases on the same subject")
            yield from self.bound_arguments(function, call, ranges, arguments)

    def bound_arguments(self, function, call, ranges, arguments):
        """Calls that take their limit as an argument, and have no other."""
        for row in self.packs.find("calls", call.callee, arguments):
            phases = row.get("phases")
            if row.get("kind") not in REMOTE or not isinstance(phases, dict):
                continue
            for bounds in phases.values():
                bound = listed(bounds)[0] if len(listed(bounds)) == 1 else None
                place = argument_of(bound.get("value"), arguments) if isinstance(bound, dict) else None
                if place is None or "infinite" not in bound:
                    continue
                value = {"null": "nullptr", "negative": "-1"}.get(listed(bound["infinite"])[0], "0")
                yield Mutant("infinite-timeout", function, call.site.line, [(*ranges[place], value)], call.callee)

    def other_limits(self, function, source, call, row, settings):
        """For each phase that these settings limit, (place, settings) of what else limits it on the same subject: in
        the function, in the file if the subject is a member, or in a function that the subject is handed to."""
        subject = subject_of(source, call, row)
        found = []
        for other in self.program.calls_in(function.file):
            if other.extent.begin == call.extent.begin or other.site.via and not self.is_written(other, source):
                continue
            if other.function is not function and not re.match(r"(this->|m_)|\w+_$", subject):
                continue
            arguments = [source.text(*one).strip() for one in source.arguments(other.extent.begin, other.extent.end)]
            if other.callee in self.program.by_name and subject in arguments:
                found += [(other.extent.begin, sets) for sets in self.settings_in(other.callee, row["pack"])]
            elif subject_of(source, other, row) == subject:
                found += [(other.extent.begin, sets) for sets in self.settings_of(other, arguments, row["pack"])]
        phases = self.open_phases(row["pack"], settings)
        enough = [{group[0] for group in groups if len(group) == 1} for groups in phases]
        return [[(at, sets) for at, sets in found if sets & one] for one in enough]

    def open_phases(self, pack, settings):
        """The phases that nothing bounds where these settings are not set."""
        return [groups for setting in sorted(settings) for groups in self.packs.alternatives(pack, setting)
                if all(any(self.packs.is_open(pack, name) for name in group) for group in groups)]

    def settings_of(self, call, arguments, pack):
        return [set(listed(row.get("sets"))) for row in self.packs.find("setters", call.callee, arguments)
                if row["pack"] == pack and not row.get("resets")]

    def settings_in(self, name, pack):
        """What a function of the program sets on whatever."""
        for call in self.program.calls_of(name):
            source = self.program.source(call.function.file)
            arguments = [source.text(*one).strip() for one in source.arguments(call.extent.begin, call.extent.end)]
            yield from self.settings_of(call, arguments, pack)

    @staticmethod
    def deleted(source, call):
        site = call.extent
        begin, end = site.begin, site.end
        cast = re.search(rb"\(void\)\s*$", source.masked[:begin])
        begin = cast.start() if cast else begin
        if source.starts_statement(begin) and source.masked[source.after(end):source.after(end) + 1] == b";":
            return begin, end, spaces(source, begin, end)
        return begin, end, f"decltype({source.text(begin, end)}){{}}"

    @staticmethod
    def infinite(source, call, row, place, argument):
        value = listed(row.get("infinite"))
        if not value:
            return None
        if row.get("address") or row.get("unit") == "timeval":
            variable = re.fullmatch(r"(?:\([^()]*\)\s*)?&\s*(\w+)", argument)
            start = source.statement_start(call.extent.begin)
            if not variable or not source.is_braced(start):
                return None
            return start, start, f"{variable[1]} = {{}}; "
        words = {"null": "nullptr", "negative": "-1"}
        zero = "std::chrono::seconds(0)" if row.get("unit") == "chrono" else "0L"
        return place[0], place[1], " " + words.get(value[0], zero)

    # Bounds of retries

    def retries(self, function, source, calls):
        for loop in function.walk():
            if loop.word != "loop" or loop.site.via or not self.may_retry(loop, calls, source):
                continue
            head = loop_head(source, loop)
            tests = self.tests(source, loop, head) if head else []
            if len(tests) != 1:
                if tests:
                    self.skip("delete-retry-test", "another bound of the loop remains")
                continue
            kind, (begin, end), counter = tests[0]
            note = f"{counter} in {source.text(begin, end).strip()}"
            replacement = "false" if kind == "branch" else "true"
            yield Mutant("delete-retry-test", function, loop.site.line, [(begin, end, replacement)], note)
            counts = [match for match in COUNTED.finditer(source.masked, head[0], head[3])
                      if (match[1] or match[2]).decode() == counter]
            if len(counts) == 1 and not begin <= counts[0].start() < end:
                yield Mutant("delete-retry-count", function, loop.site.line, [(*counting(counts[0]), "")], note)

    def may_retry(self, loop, calls, source):
        """A loop whose body reaches a dependency, that a success leaves, and whose counter tells rounds and nothing else."""
        inside = [call for call in calls if loop in call.outwards()]
        if not any(self.is_remote(call) or self.reaches(call.callee) for call in inside):
            return False
        return "&&" in loop.text or any(leaves(step, loop) for step in loop.walk())

    def reaches(self, name, depth=3):
        return self.program.reaches(name, depth, self.is_remote)

    def is_remote(self, call):
        """By its name; what only leaves the process on some descriptors does not count."""
        rows = self.packs.find("calls", call.callee, None)
        return any(row.get("kind") in REMOTE - {"pool"} and "only-on" not in row and "async" not in row for row in rows)

    def tests(self, source, loop, head):
        """(kind, range, counter) of each comparison of a counter that ends the loop."""
        begin, end, body, stop = head
        counters = {(match[1] or match[2]).decode() for match in COUNTED.finditer(source.masked, begin, stop)}
        if len(counters) > 1:  # Rounds that count something else, too, do different work.
            return []
        found = []
        for part in conjuncts(source, *test_range(source, loop, head)):
            counter = counter_in(source.text(*part), counters)
            if counter:
                found.append(("test", part, counter))
        for branch in loop.walk():
            if branch.word != "branch" or branch.site.via or not branch.text.startswith("If"):
                continue
            then = branch.children[0] if branch.children else None
            if not then or not any(leaves(step, loop) for step in then.children):
                continue
            first = source.masked.find(b"(", branch.site.end)
            part = first + 1, source.closing(first)
            counter = counter_in(source.text(*part), counters)
            if counter:
                found.append(("branch", part, counter))
        return found if all(self.counts_rounds(source, loop, counter, body, stop) for _, _, counter in found) else []

    def counts_rounds(self, source, loop, counter, begin, end):
        """A counter that is also data (an index, an argument, an iterator) bounds work, not attempts."""
        declared = [step for step in loop.function.walk() if step.word in ("declare", "param") and step.text.split(" ")[0] == counter]
        if any(not re.search(r"\b(?:int|long|short|char|unsigned|u?int\d+_t|s?size_t)\b", step.type) or
               re.search(r"[*&<]", step.type) for step in declared):
            return False
        name = re.escape(counter).encode()
        if re.search(rb"\[[^\]]*\b" + name + rb"\b|(?<![\w)])\*\s*" + name + rb"\b|\b" + name + rb"(?:->|\.)", source.masked[begin:end]):
            return False
        uses = [begin + match.start() for match in re.finditer(rb"(?<![\w.>])" + name + rb"\b", source.masked[begin:end])]
        calls = [step for step in loop.walk() if step.word == "call" and step.extent]
        told = [step.extent for step in calls if step.extent.via or self.packs.find("pauses", step.callee, None)
                or self.packs.find("loggers", step.callee, None)]
        within = lambda use, sites: any(site.begin < use < site.end for site in sites)
        return all(within(use, told) or not within(use, [step.extent for step in calls]) for use in uses)

    # Pauses

    def waits(self, function, source, calls):
        """All pauses of a retry: the loop is the innermost one around them."""
        loops = {}
        for call in calls:
            loop = next((step for step in call.outwards() if step.word == "loop"), None)
            if loop and self.packs.find("pauses", call.callee, None):
                loops.setdefault(loop, []).append(call)
        for loop, pauses in loops.items():
            last = max(child.site.end_line for child in loop.children if child.site)
            if self.known.reported(EXPECTED["delete-backoff"][0], function.file, loop.site.line, last):
                self.skip("delete-backoff", "the loop is reported as it is")
            elif self.may_retry(loop, calls, source) and self.known.retry_in(function.file, loop):
                yield Mutant("delete-backoff", function, loop.site.line, [self.deleted(source, call) for call in pauses],
                             f"{len(pauses)} × {pauses[0].callee}")

    # Bounds of queues

    def queue_guards(self, function, source, step, calls):
        first = source.masked.find(b"(", step.site.end)
        last = source.closing(first) if first >= 0 else -1
        if last < 0 or step.text.startswith("For") or source.masked[step.site.end:first].strip():
            return
        condition = source.text(first + 1, last)
        guard = re.search(r"([\w.>-]*\w)(?:\.|->)(?:size|length|full|is_full)\(\)", condition)
        if not guard or not COMPARISON.search(condition) and "full" not in guard.group():
            return
        pushes = [call for call in calls
                  if any(row.get("does") == "push" for row in self.packs.find("queues", call.callee, None))
                  and source.text(call.extent.begin, call.extent.end).startswith((guard[1] + ".", guard[1] + "->"))
                  and call.extent.begin > step.site.begin]
        leaves = step.word == "loop" or any(one.word in ("exit", "call") for child in step.children[:1] for one in child.walk())
        if pushes and leaves and self.is_shared(function, guard[1]):
            yield Mutant("delete-queue-guard", function, step.site.line, [(first + 1, last, "false")], condition.strip())

    def is_shared(self, function, name):
        """No variable of the function, and taken from elsewhere: a queue, not a list that is being filled."""
        last = re.split(r"\.|->", name)[-1]
        if any(step.word in ("param", "declare") and step.text.split(" ")[0] == name for step in function.walk()):
            return False
        return any(re.search(rf"\b{re.escape(last)}\.\w+\(", call.text) and
                   any(row.get("does") == "pop" for row in self.packs.find("queues", call.callee, None))
                   for other in self.program.functions if other is not function
                   for call in other.walk() if call.word == "call")

    # Handlers

    def handlers(self, function, source, handler):
        body = next((child for child in handler.children if child.word == "block"), None)
        if not body or body.site.via or source.masked[body.site.begin:body.site.begin + 1] != b"{":
            return
        begin, end = body.site.begin + 1, body.site.end - 1
        if not source.bytes[begin:end].strip():
            return
        if self.known.reported(("swallowed-exception", "unfinished-handler"), function.file,
                               handler.site.line, body.site.end_line):
            return
        if reason_around(source, handler, body):
            return self.skip("empty-handler", "a comment above the try or behind the handler remains")
        if success_leaves(handler.parent):
            return self.skip("empty-handler", "the try leaves the function or sets a flag, so callers are told still")
        note = " ".join(source.text(begin, end).split())[:80]
        yield Mutant("empty-handler", function, handler.site.line, [(begin, end, spaces(source, begin, end))], note)
        comments = list(re.finditer(rb"//[^\n]*|/\*.*?\*/", source.bytes[begin:end], re.S))
        if comments and not source.masked[begin:end].strip():
            gone = [(begin + one.start(), begin + one.end(), spaces(source, begin + one.start(), begin + one.end()))
                    for one in comments]
            yield Mutant("delete-reason", function, handler.site.line, gone, note)
            todo = [(*gone[0][:2], "/* TODO */" + gone[0][2]), *gone[1:]]
            yield Mutant("todo-for-reason", function, handler.site.line, todo, note)
        rethrows = [step for step in body.children if step.word == "exit" and step.text.startswith("Rethrow")]
        if len(rethrows) == 1 and len(body.children) > 1:
            site = rethrows[0].site
            yield Mutant("delete-rethrow", function, handler.site.line, [(site.begin, site.begin + 5, "")], note)

    # Retries that were not there

    def wrapped(self, function, source, calls):
        for call in calls:
            if any(step.word == "loop" and step.site.via for step in call.outwards()):
                continue
            succeeded = self.success_of(source, call)
            if not succeeded:
                continue
            own = self.is_remote(call)
            nests = self.known.retrying(call.callee) or own and self.known.dependency_of_retry(function.file, call.site.line)
            if nests:
                yield from self.wrap("nest-retry", "int attempt = 0; attempt < 3; ++attempt", function, source, call, succeeded)
            elif own or self.reaches(call.callee):
                yield from self.wrap("many-retries", "int attempt = 0; attempt < 12; ++attempt", function, source, call, succeeded)
            if nests or own or self.reaches(call.callee):
                yield from self.wrap("endless-retry", ";;", function, source, call, succeeded)

    def success_of(self, source, call):
        """How the type of the result tells a success: `{}` stands for the result. None if it does not."""
        kind = call.type.replace("const ", "").strip()
        if not self.program.can_fail(call.callee):
            return self.skip("endless-retry", "the callee returns the same constant whatever happens")
        if kind == "bool":
            return "{}"
        if kind.endswith("*"):
            return "{} != nullptr"
        if self.is_remote(call):
            rows = self.packs.find("calls", call.callee, None)
            if any(row.get("kind") == "socket" for row in rows):
                return "{} >= 0" if re.fullmatch(r"int|long|s?size_t", kind) else None
            return "{} == 0" if kind == "int" else "{} == decltype({})()" if re.fullmatch(r"[A-Za-z_]\w*", kind) and \
                kind not in ("void", "double", "float") else None
        if kind == "int" and self.program.compared_with_zero(call.callee):
            return "{} == 0"
        return None

    def wrap(self, operator, head, function, source, call, succeeded):
        begin, end = call.extent.begin, call.extent.end
        if source.masked[begin:end].count(b"\n") > 6 or b"{" in source.masked[begin:end]:
            return
        text = source.text(begin, end)
        ok = lambda result: succeeded.replace("{}", result)
        start = source.statement_start(begin)
        left = source.text(start, begin)
        tail = source.after(end)
        whole = source.masked[tail:tail + 1] == b";" and source.starts_statement(start)
        assigned = re.fullmatch(r"((?:this->)?\w+) = ", left)
        if whole and not left.strip() and "decltype" not in succeeded:
            edits = [(begin, end, f"for ({head}) {{ if ({ok(text)}) break; }}")]
        elif whole and assigned:
            edits = [(start, tail + 1, f"for ({head}) {{ {left}{text}; if ({ok(assigned[1])}) break; }}")]
        elif whole and left == "return ":
            edits = [(start, tail + 1, f"{{ decltype({text}) outcome{{}}; for ({head}) {{ outcome = {text}; "
                      f"if ({ok('outcome')}) break; }} return outcome; }}")]
        else:
            edits = [(begin, end, f"[&] {{ decltype({text}) outcome{{}}; for ({head}) {{ outcome = {text}; "
                      f"if ({ok('outcome')}) break; }} return outcome; }}()")]
        yield Mutant(operator, function, call.site.line, edits, call.callee)
