"""Reads the text of `opex-tidy facts --dump`: the functions of the project's files as trees of steps."""
import re

HEAD = re.compile(r"( *)(?:(\d+):(\d+) )?([a-z]+)(?: (.*))?$")
SITE = r"\[(\d+):(\d+)-(\d+):(\d+) @(\d+)\+(\d+)(?: in ([^\]]+?))?(?: via (\w+))?\]"
OWN = re.compile("(?:^| )" + SITE)
EXTENT = re.compile(" extent=" + SITE)
CALLEE = re.compile(r" callee=(.*?)(?: (?:instance|name|object|calleeValue|defaultArguments|templateArguments|type|result)=|"
                    r" is[A-Z]|$)")
TYPE = re.compile(r" type='([^']*)'")
STEPS = {"block", "call", "declare", "assign", "branch", "loop", "try", "catch", "exit", "switch", "param"}


class Site:
    """A range of a file; `via` names the macro it comes out of."""
    __slots__ = ("line", "column", "end_line", "begin", "end", "file", "via")

    def __init__(self, match):
        self.line, self.column, self.end_line = int(match[1]), int(match[2]), int(match[3])
        self.begin = int(match[5])
        self.end = self.begin + int(match[6])
        self.file, self.via = match[7], match[8] or ""


class Step:
    """One line of a body. `text` is what follows its word, up to the place."""
    __slots__ = ("word", "text", "site", "extent", "callee", "type", "parent", "children", "line", "function")

    def __init__(self, word, rest, parent):
        self.word, self.parent, self.children = word, parent, []
        self.function = parent.function if parent else None
        place = OWN.search(rest)
        self.site = Site(place) if place else None
        self.text = rest[:place.start()] if place else rest
        extent = EXTENT.search(rest, place.end()) if place else None
        self.extent = Site(extent) if extent else self.site
        callee = CALLEE.search(rest, place.end()) if place and word == "call" else None
        self.callee = callee[1] if callee else ""
        kind = TYPE.search(rest)
        self.type = kind[1] if kind else ""

    def walk(self):
        for child in self.children:
            yield child
            yield from child.walk()

    def outwards(self):
        step = self.parent
        while step:
            yield step
            step = step.parent


class Function(Step):
    """`file` is relative to the root; `text` begins with the qualified name."""
    __slots__ = ("name", "file", "kind", "id")

    def __init__(self, rest):
        super().__init__("function", rest, None)
        self.function = self
        self.name = re.match(r"(.*?) kind=", rest)[1]
        self.kind = re.search(r" kind=(\w+)", rest)[1]
        self.id = re.search(r" id=(#\w+)", rest)[1]
        self.file = self.site.file if self.site else ""
        found = re.search(r" result='([^']*)'", rest)
        self.type = found[1] if found else "void"


class Field:
    """A data member of a class of the project."""
    __slots__ = ("name", "record", "file", "begin", "is_aggregate")

    def __init__(self, rest, record):
        site = Site(OWN.search(rest))
        self.name, self.record = rest.split(" ", 1)[0], record.split(" id=")[0]
        self.file, self.begin = site.file, site.begin
        self.is_aggregate = " isAggregate" in record


class Unit:
    """One translation unit: its files of the project, functions and fields, and the names of what it mentions."""

    def __init__(self):
        self.main, self.status, self.files, self.functions, self.fields, self.declared = "", "", [], [], [], set()


def read_dump(text):
    unit = Unit()
    stack = []  # (depth, step)
    record = ""
    for line in text.splitlines():
        match = HEAD.match(line)
        if not match:
            continue
        depth, word, rest = len(match[1]) // 2, match[4], match[5] or ""
        if depth <= 1:
            stack = []
        if word == "tu":
            unit.main, unit.status = re.match(r"(.*) status=(\w+)", rest).groups()
        elif word == "declaration":
            unit.declared.add(rest.split(" kind=")[0])
        elif word == "file" and depth == 1 and " inProject" in rest:
            unit.files.append(rest.split(" inProject")[0])
        elif word == "record" and depth == 1:
            record = rest
        elif word == "field" and depth == 2 and OWN.search(rest):
            unit.fields.append(Field(rest, record))
        elif word == "function" and depth == 1:
            function = Function(rest)
            unit.functions.append(function)
            stack = [(depth, function)]
        elif stack and word in STEPS:
            while stack[-1][0] >= depth:
                stack.pop()
            step = Step(word, rest, stack[-1][1])
            stack[-1][1].children.append(step)
            stack.append((depth, step))
    return unit
