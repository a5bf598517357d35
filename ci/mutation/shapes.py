"""What calls, loops and handlers look like: the questions that operators ask of single ones."""
import re

from .packs import argument_of

COMPARISON = re.compile(r"(?<![<>=!-])(?:<=?|>=?|!=)(?![<>=])")
COUNTED = re.compile(rb"(?:\+\+|--)\s*\(?\*?\(?((?:\w+(?:->|\.))*\w+)|\b((?:\w+(?:->|\.))*\w+)\)*\s*(?:\+\+|--|[+-]=\s*1\b)")


def counting(match):
    """The range of `++` or `+= 1`."""
    return (match.start(), match.start() + 2) if match[1] else (match.start() + re.match(rb"[^-+]*?(?=\s*(?:\+\+|--|[+-]=))", match[0]).end(), match.end())


def leaves(step, loop):
    """An exit that ends the loop."""
    if step.word != "exit" or not step.text.startswith(("Break", "Return")):
        return False
    around = next(one for one in step.outwards() if one.word in ("loop", "switch"))
    return step.text.startswith("Return") or around is loop


def unique(calls):
    """One call for each place: instantiations and macros repeat them."""
    seen = {}
    for call in calls:
        seen.setdefault((call.extent.begin, call.extent.end, call.callee), call)
    return list(seen.values())


def subject_of(source, call, row):
    place = str(row.get("subject", ""))
    ranges = source.arguments(call.extent.begin, call.extent.end)
    index = argument_of(place, ranges)
    text = source.text(*ranges[index]) if index is not None else \
        re.split(r"(?:\.|->)\w+\s*\(", source.text(call.extent.begin, call.extent.end))[0] if place == "this" else ""
    return re.sub(r"\s|\.get\(\)", "", text)


def loop_head(source, loop):
    """(begin of the head, its end, begin of the body, end of the loop)."""
    body = next((child for child in loop.children if child.word == "block" and " LoopBody" in " " + child.text), None)
    if not body or body.site.via:
        return None
    if loop.text.startswith("DoWhile"):
        first = source.masked.find(b"(", body.site.end)
        return body.site.begin, first, body.site.begin, source.closing(first) + 1
    first = source.masked.find(b"(", loop.site.end)
    return first, source.closing(first), body.site.begin, body.site.end


def test_range(source, loop, head):
    if loop.text.startswith("DoWhile"):
        return head[1] + 1, head[3] - 1
    if loop.text.startswith("While"):
        return head[0] + 1, head[1]
    parts = source.split(head[0] + 1, head[1], b";") if loop.text.startswith("For") else []
    return parts[1] if len(parts) == 3 else (head[0] + 1, head[0] + 1)


def conjuncts(source, begin, end):
    """The operands of the && of a condition."""
    masked = source.masked[begin:end].replace(b"&&", b"\x01\x01")
    if b"||" in masked:
        return []
    parts, depth, start = [], 0, begin
    for offset, letter in enumerate(masked):
        depth += (letter in b"([{") - (letter in b")]}")
        if letter == 1 and depth == 0:
            if begin + offset > start:
                parts.append((start, begin + offset))
            start = begin + offset + 1
    return [part for part in parts + [(start, end)] if source.masked[part[0]:part[1]].strip()]


def counter_in(condition, counters):
    """The counter that a condition compares, and nothing but it."""
    if not COMPARISON.search(condition) or "||" in condition or "&&" in condition or "size()" in condition:
        return None
    used = [counter for counter in counters if re.search(rf"(?<![\w.>]){re.escape(counter)}(?![\w(])", condition)]
    return used[0] if len(used) == 1 else None


def reason_around(source, handler, body):
    """A comment that stays and may be the reason: directly above the try, on the handler's line, or directly after it."""
    begin = source.bytes.rfind(b"\n", 0, handler.parent.site.begin)
    above = source.bytes[source.bytes.rfind(b"\n", 0, max(begin, 0)) + 1:begin].strip()
    head = source.bytes[handler.site.begin:body.site.begin]
    line_end = source.bytes.find(b"\n", body.site.end)
    behind = source.bytes[body.site.end:line_end].strip()
    below = source.bytes[line_end + 1:source.bytes.find(b"\n", line_end + 1)].strip()
    comment = lambda text: text.startswith((b"//", b"/*", b"*")) or text.endswith(b"*/")
    return comment(above) or b"//" in head or b"/*" in head or comment(behind) or comment(below)


def success_leaves(attempt):
    """The protected block ends by leaving the function or by an assignment: how it went is told apart afterwards."""
    body = next((child for child in attempt.children if child.word == "block"), None)
    last = body.children[-1] if body and body.children else None
    return bool(last) and (last.word == "exit" or last.word == "assign" and bool(re.search(r"= (?:true|false|[01])\b", last.text)))
