"""Source text with a view in which comments, literals and directives are blank, so that brackets can be counted."""
import re

TOKEN = re.compile(rb'//(?:\\\r?\n|[^\n])*|/\*.*?\*/|R"(?P<d>[^()\\ ]{0,16})\(.*?\)(?P=d)"|"(?:\\.|[^"\\\n])*"'
                   rb"|(?<![0-9a-zA-Z_])'(?:\\.|[^'\\\n])*'", re.S)
DIRECTIVE = re.compile(rb"^[ \t]*#(?:\\\r?\n|[^\n])*", re.M)
OPEN, CLOSE = b"([{", b")]}"


def blank(match):
    return re.sub(rb"[^\n]", b" ", match.group())


def blank_inside(match):
    text = match.group()
    return blank(match) if text[:1] == b"/" else text[:1] + re.sub(rb"[^\n]", b" ", text[1:-1]) + text[-1:]


class Source:
    def __init__(self, path):
        self.bytes = path.read_bytes()
        self.masked = DIRECTIVE.sub(blank, TOKEN.sub(blank_inside, self.bytes))

    def text(self, begin, end):
        return self.bytes[begin:end].decode("utf-8", "surrogateescape")

    def line(self, offset):
        return self.bytes.count(b"\n", 0, offset) + 1

    def closing(self, at):
        """The bracket that closes the one at `at`, or -1."""
        depth = 0
        for position in range(at, len(self.masked)):
            letter = self.masked[position]
            if letter in OPEN:
                depth += 1
            elif letter in CLOSE:
                depth -= 1
                if depth == 0:
                    return position
        return -1

    def opening(self, at):
        depth = 0
        for position in range(at, -1, -1):
            letter = self.masked[position]
            if letter in CLOSE:
                depth += 1
            elif letter in OPEN:
                depth -= 1
                if depth == 0:
                    return position
        return -1

    def after(self, at):
        """The first byte that is no white space, at or behind `at`."""
        while at < len(self.masked) and self.masked[at:at + 1].isspace():
            at += 1
        return at

    def before(self, at):
        """The last byte that is no white space, before `at`."""
        at -= 1
        while at >= 0 and self.masked[at:at + 1].isspace():
            at -= 1
        return at

    def split(self, begin, end, separator):
        """Ranges between separators that stand in no bracket."""
        ranges, depth, start = [], 0, begin
        for position in range(begin, end):
            letter = self.masked[position]
            if letter in OPEN:
                depth += 1
            elif letter in CLOSE:
                depth -= 1
            elif letter == separator[0] and depth == 0:
                ranges.append((start, position))
                start = position + 1
        return ranges + [(start, end)] if self.masked[start:end].strip() or ranges else []

    def arguments(self, begin, end):
        """Ranges of the written arguments of the call in [begin, end)."""
        last = self.before(end)
        first = self.opening(last) if last >= begin and self.masked[last:last + 1] == b")" else -1
        return self.split(first + 1, last, b",") if first >= begin else []

    def starts_statement(self, at):
        """Whether a statement can begin at `at`: behind ; { } else do, a label, or the head of if, for, while."""
        last = self.before(at)
        if last < 0 or self.masked[last:last + 1] in b";{}":
            return True
        if re.search(rb"\b(?:else|do)\s*$", self.masked[max(0, last - 5):at]):
            return True
        if self.masked[last:last + 1] == b")":
            first = self.opening(last)
            return first > 0 and re.search(rb"\b(?:if|for|while|switch)\s*$", self.masked[max(0, first - 8):first]) is not None
        return False

    def is_braced(self, at):
        """Whether what stands before the statement at `at` is a whole one, so that others may be put there."""
        last = self.before(at)
        return last < 0 or self.masked[last:last + 1] in b";{}"

    def statement_start(self, at):
        """Where the statement around `at` begins: behind the last ; { or } that no bracket before `at` closes."""
        depth = 0
        for position in range(at - 1, -1, -1):
            letter = self.masked[position]
            if letter in b")]":
                depth += 1
            elif letter in b"([":
                depth -= 1
            elif letter in b";{}" and depth <= 0:
                return self.after(position + 1)
        return 0


def spaces(source, begin, end):
    """As many lines as there were, and nothing on them."""
    return "\n" * source.bytes.count(b"\n", begin, end)
