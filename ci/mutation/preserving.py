"""Edits that change no meaning, made in many places of a file at once, and what they change in the findings."""
import collections
import hashlib
import re
import shutil
import subprocess

from .program import check_of, locations_of, results_of

FORMATTERS = ("clang-format-22", "clang-format")
STYLE = ("{BasedOnStyle: GNU, IndentWidth: 3, ColumnLimit: 88, SortIncludes: Never, ReflowComments: false, "
         "FixNamespaceComments: false, AllowShortBlocksOnASingleLine: Never, BinPackArguments: false}")
LEAVES = re.compile(rb"\b(?:return|goto|break|continue|co_\w+|case|default)\b")
LOOPS = re.compile(rb"(?:for|while|do)\b")
WORD = rb"(?<![\w.])(?<!->)(?<!::)%s\b(?!\s*::)"


class Edit:
    """`files` are the new texts, `names` what is called otherwise now (new: old), `same` what must stay as it is."""

    def __init__(self, kind, files, note, names=None, same=("check", "message", "function", "fingerprint")):
        self.kind, self.files, self.note, self.names, self.same = kind, files, note, names or {}, same
        self.parts = list  # Makes lesser edits, for when this one does not compile.


def edits(program, known, limit, readers):
    """At most `limit` of each kind, in the files with the most findings; of equals, by hash."""
    files = sorted({function.file for function in program.functions if len(program.readers[function.file]) <= readers},
                   key=lambda file: (-len(known.places.get(file, ())), hashlib.sha256(file.encode()).digest()))
    for make in (reformatted, spaced, commented, reordered):
        yield from take((make(program, known, file) for file in files), limit)
    for make in (locals_renamed, extracted):
        yield from take((in_parts(make, program, known, file, outer_functions(program, file)) for file in files), limit)
    yield from take(members_reordered(program, readers), limit)
    yield from take(members_renamed(program, known, readers), limit)


def in_parts(make, program, known, file, functions):
    """What does not compile with all functions is tried with a half of them, and so on."""
    edit = make(program, known, file, functions)
    if edit and len(functions) > 1:
        half = len(functions) // 2
        edit.parts = lambda: [in_parts(make, program, known, file, part) for part in (functions[:half], functions[half:])]
    return edit


def take(made, limit):
    count = 0
    for edit in made:
        if count == limit:
            return
        if edit:
            count += 1
            yield edit


def replaced(source, changes):
    text, last = [], len(source.bytes)
    for begin, end, new in sorted(changes, reverse=True):
        text += [source.bytes[end:last], new]
        last = begin
    return b"".join(reversed(text + [source.bytes[:last]]))


def reformatted(program, _, file):
    formatter = next(filter(None, map(shutil.which, FORMATTERS)), None)
    if not formatter:
        return None
    done = subprocess.run([formatter, f"--style={STYLE}", f"--assume-filename={file}"], input=program.source(file).bytes,
                          capture_output=True)
    return None if done.returncode else Edit("reformat", {file: done.stdout}, "another style")


def spaced(program, _, file):
    """An empty line behind every statement's end; not beside comments, which belong to what they stand at."""
    source = program.source(file)
    raw, masked = source.bytes.split(b"\n"), source.masked.split(b"\n")
    plain = lambda number: number < len(raw) and b"//" not in raw[number] and b"*/" not in raw[number] and b"/*" not in raw[number]
    lines, count = [], 0
    for number, line in enumerate(raw):
        lines.append(line)
        if masked[number].rstrip().endswith(b";") and plain(number) and plain(number + 1):
            lines.append(b"")
            count += 1
    return Edit("blank-lines", {file: b"\n".join(lines)}, f"{count} lines") if count else None


def commented(program, _, file):
    """A comment above every function."""
    source = program.source(file)
    starts = {source.bytes.rfind(b"\n", 0, function.extent.begin) + 1 for function in outer_functions(program, file)}
    starts = [at for at in starts if not source.bytes[at - 2:at - 1] == b"\\" and source.is_braced(at)]
    changes = [(at, at, b"// What follows is as it was.\n") for at in starts]
    return Edit("comments", {file: replaced(source, changes)}, f"{len(changes)} comments") if changes else None


def outer_functions(program, file):
    """Functions of a file that stand in no other one."""
    found, end = [], -1
    for function in program.functions:
        if function.file == file and function.extent.begin >= end and function.kind not in ("FieldInitializers", "GlobalInitializer"):
            found.append(function)
            end = function.extent.end
    return found


def locals_renamed(program, _, file, functions):
    """Parameters and locals whose names mean nothing else in sight."""
    source, changes, names = program.source(file), {}, {}
    for function in functions:
        inside = [other for other in program.functions if other.file == file
                  and function.extent.begin <= other.extent.begin < function.extent.end]
        steps = [step for one in inside for step in one.walk() if step.word in ("param", "declare") and step.site]
        places = {}
        for step in steps:
            places.setdefault(step.text.split(" ")[0], set()).add(step.site.begin)
        for name, begins in sorted(places.items()):
            if not re.fullmatch(r"[A-Za-z_]\w+", name) or name in program.declared():
                continue
            # Its declaration must be where the facts say, not in a macro.
            if any(source.bytes[at:at + len(name)] != name.encode() for at in begins):
                continue
            new = names.setdefault(name, f"value{len(names)}x")
            for match in re.finditer(WORD % re.escape(name).encode(), source.masked[function.extent.begin:function.extent.end]):
                at = function.extent.begin + match.start()
                changes[at] = (at, at + len(name), new.encode())
    back = {new: old for old, new in names.items()}
    return Edit("rename-local", {file: replaced(source, changes.values())}, f"{len(back)} names", back,
                ("check", "message", "function")) if changes else None


def reordered(program, _, file):
    """Neighbours among the methods change places, each with the comment above it."""
    source, changes = program.source(file), []
    functions = [function for function in outer_functions(program, file)]
    position = 0
    while position + 1 < len(functions):
        first, second = functions[position:position + 2]
        between = source.masked[first.extent.end:second.extent.begin]
        if between.strip() or b"#" in source.bytes[first.extent.end:second.extent.begin] or not all(
                one.kind == "Method" and source.is_braced(one.extent.begin) and b"::" in head(source, one) for one in (first, second)):
            position += 1
            continue
        one = source.bytes[first.extent.begin:first.extent.end]
        other = source.bytes[first.extent.end:second.extent.end]
        changes.append((first.extent.begin, second.extent.end, other.lstrip(b"\n") + b"\n\n" + one))
        position += 2
    return Edit("reorder-methods", {file: replaced(source, changes)}, f"{len(changes)} pairs") if changes else None


def head(source, function):
    end = source.masked.find(b"(", function.extent.begin)
    return source.masked[function.extent.begin:end]


def extracted(program, known, file, functions):
    """One statement of each function becomes a lambda that is called in its place: the one with a finding, or the longest."""
    source, changes = program.source(file), []
    anchors = {line for line, _ in known.places.get(file, ())}
    for function in functions:
        body = next((step for step in function.children if step.word == "block"), None)
        if not body or body.site.via or source.masked[body.site.begin:body.site.begin + 1] != b"{":
            continue
        best = None
        for begin, end in statements(source, body.site.begin + 1, body.site.end - 1):
            if not may_move(source.masked[begin:end]):
                continue
            lines = range(source.line(begin), source.line(end) + 1)
            weight = any(line in anchors for line in lines), end - begin
            best = max(best or (weight, begin, end), (weight, begin, end))
        if best and best[0] > (False, 30):
            _, begin, end = best
            changes.append((begin, end, b"[&] { " + source.bytes[begin:end] + b" }();"))
    return Edit("extract", {file: replaced(source, changes)}, f"{len(changes)} statements", same=("check", "place")) if changes else None


def statements(source, begin, end):
    """Ranges of the statements of a block."""
    at = source.after(begin)
    while at < end:
        position = at
        while position < end and source.masked[position] not in b";":
            if source.masked[position] in b"([{":
                closed = source.closing(position)
                follows = source.after(closed + 1)
                if source.masked[position] in b"{" and not re.match(rb"else\b|while\b|catch\b|[),;.=+\-]", source.masked[follows:follows + 6]):
                    position = closed
                    break
                position = closed
            position += 1
        yield at, min(position + 1, end)
        at = source.after(position + 1)


def may_move(text):
    """No declaration, and nothing that leaves it."""
    if re.match(rb"(?:for|while|do)\b", text):
        leaving = re.search(rb"\b(?:return|goto|co_\w+|case|default)\b", text)
        return not leaving
    if re.match(rb"(?:if|try)\b", text):
        return not LEAVES.search(text)
    return re.match(rb"[\w.:]+(?:->[\w.]+)*\(", text) is not None and text.endswith(b";") and not LEAVES.search(text) \
        and not re.match(rb"(?:switch|else|delete|throw|using|static_assert)\b", text)


def members_reordered(program, readers):
    """Neighbouring fields of classes that no braces fill."""
    for file in sorted(program.fields_by_file()):
        if not 0 < len(program.readers.get(file, ())) <= readers:
            continue
        source, changes = program.source(file), []
        fields = [field for field in program.fields_by_file()[file] if not field.is_aggregate]
        position = 0
        while position + 1 < len(fields):
            first, second = (source.bytes.rfind(b"\n", 0, field.begin) + 1 for field in fields[position:position + 2])
            end = source.bytes.find(b"\n", second)
            lines = source.masked[first:second].rstrip(b"\r\n"), source.masked[second:end].rstrip(b"\r")
            alone = all(re.fullmatch(rb"\s+[\w:<>*& ,]+;\s*", line) for line in lines)
            if fields[position].record != fields[position + 1].record or first == second or not alone:
                position += 1
                continue
            changes.append((first, end, source.bytes[second:end] + b"\n" + source.bytes[first:second].rstrip(b"\n")))
            position += 2
        if changes:
            yield Edit("reorder-members", {file: replaced(source, changes)}, f"{len(changes)} pairs")


def members_renamed(program, known, readers):
    """Fields whose name nothing else has, in all files that mention them: those of records with findings first."""
    by_name = collections.defaultdict(set)
    for fields in program.fields_by_file().values():
        for field in fields:
            by_name[field.name].add(field.record)
    said = " ".join(result["message"]["text"] for result in known.results)
    names = [name for name, records in by_name.items() if len(records) == 1 and len(name) > 3
             and len(program.declared()[name]) == 1 and name not in program.local_names()]
    for name in sorted(names, key=lambda name: (f"`{name}`" not in said and f".{name}`" not in said, hashlib.sha256(name.encode()).digest())):
        word = re.compile(rb"\b" + re.escape(name).encode() + rb"\b")
        files = {file for file in program.readers if word.search(program.source(file).bytes)}
        if not files or len({main for file in files for main in program.readers[file]}) > readers:
            continue
        texts = {}
        for file in files:
            source = program.source(file)
            texts[file] = replaced(source, [(match.start(), match.end(), b"renamedMember") for match in word.finditer(source.masked)])
        yield Edit("rename-member", texts, name, {"renamedMember": name}, ("check", "message", "function"))


def told(result, edit):
    """What must be the same of a finding."""
    message = re.sub(r"\b(?:value\d+x|renamedMember)\b", lambda match: edit.names.get(match[0], match[0]), result["message"]["text"])
    file, line, function = locations_of(result)[0]
    parts = {"check": check_of(result), "message": message, "function": function, "place": f"{file}:{line}",
             "fingerprint": result.get("partialFingerprints", {}).get("opexTidy/v1", "")}
    return tuple(parts[part] for part in edit.same)


def judge(runner, program, edit, baseline):
    """One answer for each part that compiles, or one for all of an edit of which none does."""
    readers = {main for file in edit.files for main in program.readers[file]}
    log, broken = runner.changed(edit.files, readers)
    answer = {"kind": edit.kind, "file": sorted(edit.files)[0], "note": edit.note, "outcome": "stillborn", "differences": []}
    if broken:
        parts = [judge(runner, program, part, baseline) for part in edit.parts() if part]
        alive = [one for part in parts for one in part if one["outcome"] != "stillborn"]
        return alive or [answer]
    before = collections.Counter(told(result, edit) for result in baseline)
    after = collections.Counter(told(result, edit) for result in results_of(log))
    answer["differences"] = [f"{word}: {': '.join(filter(None, one))}" for word, counts in (("gone", before - after), ("new", after - before))
                             for one, count in sorted(counts.items()) for _ in range(count)]
    return [answer | {"outcome": "changed" if answer["differences"] else "unchanged"}]
