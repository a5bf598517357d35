"""What the rule packs say about names: a reader of the flow maps (`{key: value, …}`) that rows are written as."""
import functools
import re

SECTION = re.compile(r"^([a-z-]+):[ \t]*(?:#.*)?$", re.M)
REMOTE = {"http", "rpc", "database", "cache", "broker", "dns", "socket", "subprocess", "pool"}


def flow_maps(text):
    """The outermost `{…}` of a section, parsed."""
    position = 0
    while (position := text.find("{", position)) >= 0:
        try:
            value, position = parse_flow(text, position)
        except (IndexError, ValueError):
            position += 1
            continue
        yield value


def parse_flow(text, at):
    """A map, list, quoted or plain text, and where it ends."""
    at = skip_space(text, at)
    if text[at] == "{":
        return parse_map(text, at + 1)
    if text[at] == "[":
        return parse_list(text, at + 1)
    if text[at] == '"':
        end = at + 1
        while text[end] != '"':
            end += 2 if text[end] == "\\" else 1
        return text[at + 1:end], end + 1
    match = re.compile(r"(?:[^,\]}\[{:]|:(?![\s,\]}]))*").match(text, at)
    return match.group().strip(), match.end()


def skip_space(text, at):
    while text[at].isspace():
        at += 1
    return at


def parse_map(text, at):
    result = {}
    while text[at := skip_space(text, at)] != "}":
        key, at = parse_flow(text, at)
        at = skip_space(text, at)
        if text[at] != ":":
            raise ValueError("no colon")
        result[key], at = parse_flow(text, at + 1)
        at = skip_space(text, at)
        if text[at] == ",":
            at += 1
        elif text[at] != "}":
            raise ValueError("neither , nor }")
    return result, at + 1


def parse_list(text, at):
    result = []
    while text[at := skip_space(text, at)] != "]":
        value, at = parse_flow(text, at)
        result.append(value)
        at = skip_space(text, at)
        if text[at] == ",":
            at += 1
    return result, at + 1


def listed(value):
    return [] if value is None else value if isinstance(value, list) else [value]


def names_of(row):
    return [name for key in ("function", "method", "constructor") for name in listed(row.get(key))]


@functools.cache
def matcher(pattern):
    """`*` is anything in one component, `**` anything."""
    parts = [{"**": ".*", "*": "[^:]*"}.get(part, re.escape(part)) for part in re.split(r"(\*\*|\*)", pattern)]
    return re.compile("".join(parts))


class Packs:
    """Rows of the sections that mutation needs, each found by the name of a callee."""

    def __init__(self, directory):
        self.rows = {section: [] for section in ("setters", "calls", "pauses", "queues", "loggers")}
        self.defaults = {}  # (pack, setting): its defaults
        for file in sorted(directory.glob("*.yaml")):
            self.read(file.read_text(encoding="utf-8"))
        self.lookup = {section: self.index(rows) for section, rows in self.rows.items()}

    def read(self, text):
        text = re.sub(r"^[ \t]*#.*$", "", text, flags=re.M)
        pack = re.search(r"name: *([\w-]+)", text)[1]
        parts = SECTION.split(text)
        for section, body in zip(parts[1::2], parts[2::2]):
            if section in self.rows:
                for row in flow_maps(body):
                    for one in row["calls"] if isinstance(row.get("calls"), list) else [row]:
                        if isinstance(one, dict):
                            self.rows[section].append(one | {"pack": pack})
            elif section == "subjects":
                for name, default in re.findall(r"([\w-]+): *\{default: *([^,}]+)", body):
                    self.defaults.setdefault((pack, name), set()).add(default.strip())

    @staticmethod
    def index(rows):
        exact, globs = {}, []
        for row in rows:
            for name in names_of(row):
                if "*" in name:
                    globs.append((matcher(name), row))
                else:
                    exact.setdefault(name, []).append(row)
        return exact, globs

    def find(self, section, name, arguments):
        """Rows of a section that a call of `name` with these written arguments may match; None: whatever they are."""
        exact, globs = self.lookup[section]
        rows = exact.get(name, []) + [row for pattern, row in globs if pattern.fullmatch(name)]
        return [row for row in rows if arguments is None or row_fits(row, arguments)]

    def is_open(self, pack, setting):
        """The library does not bound it by itself where it is not set."""
        return self.defaults.get((pack, setting), set()) == {"none"}

    def alternatives(self, pack, setting):
        """The bounds of each phase of a dependency call that this setting is a part of: [[setting, …], …]."""
        for row in self.rows["calls"]:
            phases = row.get("phases") if row["pack"] == pack and row.get("kind") in REMOTE else None
            for bounds in phases.values() if isinstance(phases, dict) else ():
                groups = [listed(bound) for bound in listed(bounds) if not isinstance(bound, dict)]
                if any(setting in group for group in groups):
                    yield groups


def row_fits(row, arguments):
    if "arity" in row and int(row["arity"]) != len(arguments):
        return False
    if len(listed(row.get("params"))) > len(arguments):
        return False
    holds = lambda conditions: [condition_holds(place, names, arguments) for place, names in conditions.items()]
    return all(holds(row.get("when") or {})) and not any(holds(row.get("unless") or {}))


def condition_holds(place, names, arguments):
    match = re.fullmatch(r"arg(\d+)", place)
    if not match or int(match.group(1)) >= len(arguments):
        return False
    written = arguments[int(match.group(1))]
    if isinstance(names, dict):
        return any(re.search(rf"\b{re.escape(str(name))}\b", written) for key in names for name in listed(names[key]))
    return any(re.fullmatch(rf"(?:[\w:]+::)?{re.escape(str(name))}[uUlL]*", written.strip()) for name in listed(names))


def argument_of(place, arguments):
    """Position of `argN` among the written arguments, or None."""
    match = re.fullmatch(r"arg(\d+)", str(place or ""))
    return int(match.group(1)) if match and int(match.group(1)) < len(arguments) else None
