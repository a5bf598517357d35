#!/usr/bin/env python3
"""Holds every source to 400 lines, every function to 50 and every room of analysis/ to 2,500. A table or a text that
stands outside functions counts for its file only."""
import ast
import collections
import pathlib
import re
import sys

SOURCE_LINES, FUNCTION_LINES, ROOM_LINES = 400, 50, 2500
CPP, PYTHON = {".cpp", ".h", ".def"}, {".py"}
# Sources there are read by opex-tidy, or are not of this project.
NOT_OURS = {"testdata", "build", "node_modules"}
# Comments, texts, characters and the preprocessor's lines: what may hold braces that are no code.
NO_CODE = re.compile(r'//[^\n]*|/\*.*?\*/|\bR"(?P<mark>[^\s()\\]*)\(.*?\)(?P=mark)"|"(?:\\.|[^"\\\n])*"|'
                     r"(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'|^[ \t]*#(?:\\\n|[^\n])*", re.DOTALL | re.MULTILINE)
SCOPE = re.compile(r"(template ?<.*> *)?(inline )?(namespace|extern|class|struct|union|enum)\b", re.DOTALL)
NAME = re.compile(r"[\w:~]+ ?\([^()]*|operator\W+\(")


def blank(match):
    """Nothing but the line ends, and two quotes for a text, which may be an operand."""
    return '""' * match[0].startswith(('"', "R")) + "\n" * match[0].count("\n")


def is_function(head):
    """Whether a brace behind this opens a function's body: clang-format sets a space before it, and none before that of a
    value (`: count_{0}`). An initializer (`= {`, `= make({`) is data."""
    depth = 0
    for char in re.sub(r"operator\W+\(", "operator(", head):
        depth += (char in "([") - (char in ")]")
        if char == "=" and depth == 0:
            return False
    return ")" in head and head[-1].isspace()


def functions_of_cpp(text):
    """(name, first line, lines) of each function. Lambdas and local classes count for the function around them."""
    code = NO_CODE.sub(blank, text)
    found, opened = [], []  # Opened by each brace: "scope", "value", or the name and the first line of a function.
    start = parens = 0
    for match in re.finditer(r"[(){};]|\b(?:public|protected|private):", code):
        token = match[0]
        parens += (token == "(") - (token == ")")
        is_outside = parens == 0 and (not opened or opened[-1] == "scope")
        if token in "()":
            continue
        if token == "{":
            head = code[start:match.start()].lstrip()
            if is_outside and SCOPE.match(head):
                opened.append("scope")
            elif is_outside and is_function(head):
                opened.append((" ".join(NAME.search(head)[0].split()), code.count("\n", 0, match.start() - len(head)) + 1))
            else:
                opened.append("value")
            begins = opened[-1] == "scope"
        elif token == "}":
            closed = opened.pop()
            if isinstance(closed, tuple):
                found.append((*closed, code.count("\n", 0, match.start()) + 2 - closed[1]))
            begins = closed != "value"  # Behind a value the head goes on: `: count_{0} {`.
        else:
            begins = is_outside
        if begins:
            start = match.end()
    return found


def functions_of_python(text):
    return [(node.name, node.lineno, node.end_lineno - node.lineno + 1) for node in ast.walk(ast.parse(text))
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]


def check_tree(root):
    problems, files, functions, rooms = [], 0, 0, collections.Counter()
    folders = [f for f in root.iterdir() if f.is_dir() and f.name not in NOT_OURS and f.name[0] != "."]
    for path in sorted(path for folder in folders for path in folder.rglob("*")):
        name = path.relative_to(root)
        if path.suffix not in CPP | PYTHON or NOT_OURS & set(name.parts):
            continue
        text = path.read_text(encoding="utf-8")
        lines = text.count("\n")
        files += 1
        if lines > SOURCE_LINES:
            problems.append(f"{name}: {lines} lines, more than {SOURCE_LINES}")
        if name.parts[0] == "analysis":
            rooms[name.parent] += lines
        found = functions_of_cpp(text) if path.suffix in CPP else functions_of_python(text)
        functions += len(found)
        problems += [f"{name}:{line}: {function}…: {length} lines, more than {FUNCTION_LINES}"
                     for function, line, length in found if length > FUNCTION_LINES]
    problems += [f"{room}: {lines} lines, more than {ROOM_LINES}" for room, lines in rooms.items() if lines > ROOM_LINES]
    return problems, files, functions


def check_the_checker():
    """A made-up source: a checker that sees no functions would pass on any tree."""
    source = ('#include "a.h"\nnamespace n {\n/// { not code\nclass A : B {\npublic:\n  A(int a) : a_{a}, b_(a) {\n    f([&] { g(); });\n'
              "  }\n  bool operator==(const A &) const { return c == '{'; }\nprivate:\n  int a_ = 0;\n};\n"
              'const T kTable = make({\n    {"}", 1},\n});\nconst char *kText = R"(\nvoid no() {\n)";\n'
              "static std::vector<int> x(A a = {},\n                          int b = 1) {\n  struct C {\n    void c() {}\n  };\n"
              "}\n} // namespace n\nTEST(A, b) {\n}\n")
    seen = [(line, lines) for _, line, lines in functions_of_cpp(source)]
    expected = [(6, 3), (9, 1), (19, 6), (26, 2)]
    return [] if seen == expected else [f"the functions of a made-up source are {seen}, not {expected}"]


def main():
    problems, files, functions = check_tree(pathlib.Path(sys.argv[1]))
    problems += check_the_checker()
    if not functions:
        problems.append("no function was read")
    print("\n".join(problems) or f"{files} sources and {functions} functions are within their limits")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
