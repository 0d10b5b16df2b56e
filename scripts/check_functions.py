#!/usr/bin/env python3
"""Checks that no C++ function is longer than 60 lines; prints the longest ones and the median.

usage: check_functions.py [ROOT] [--list N] [--limit LINES]

A function counts from the line its declaration starts on to its closing brace. What is nested in
it (lambdas, local classes) counts as part of it.
"""

import argparse
import bisect
import re
import statistics
import sys

import source_tree

LIMIT = 60
NOISE = re.compile(
    r"""//(?:[^\n\\]|\\.)*"""
    r"""|/\*.*?\*/"""
    r"""|R"(?P<tag>[^()\\\s]*)\(.*?\)(?P=tag)\""""
    r"""|"(?:[^"\\\n]|\\.)*\""""
    r"""|(?<![0-9A-Fa-f])'(?:[^'\\\n]|\\.)+'"""
    r"""|^[ \t]*\#(?:[^\n\\]|\\.)*""",
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)
SCOPE = re.compile(r"^(?:inline\s+|typedef\s+|export\s+)*(?:namespace|class|struct|union|enum|extern)\b")
ATTRIBUTE = re.compile(r"\[\[.*?\]\]|\balignas\s*\([^()]*\)", re.DOTALL)
ACCESS = re.compile(r"^(?:(?:public|protected|private)\s*:(?!:)\s*)+")
LEAD = re.compile(r"\s*" + ACCESS.pattern.removeprefix("^").removesuffix("+") + "*")


def without_noise(text):
    """The same text, same offsets, with comments, literals and directives blanked."""

    def blank(match):
        return re.sub(r"[^\n]", " ", match.group(0))

    return NOISE.sub(blank, text)


def skip_balanced(text, start, opening, closing):
    """Offset just behind the bracket that closes the one at `start`."""
    depth = 0
    for offset in range(start, len(text)):
        if text[offset] == opening:
            depth += 1
        elif text[offset] == closing and text[offset - 1 : offset + 1] != "->":
            depth -= 1
            if depth == 0:
                return offset + 1
    return len(text)


def bare_head(head):
    """A declaration without access labels, attributes and template parameters."""
    head = ATTRIBUTE.sub(" ", head).strip()
    while True:
        head = ACCESS.sub("", head).strip()
        match = re.match(r"template\s*<", head)
        if not match:
            return head
        head = head[skip_balanced(head, match.end() - 1, "<", ">") :].strip()
        # A constraint between the parameters and the declaration.
        if re.match(r"requires\s*\(", head):
            head = head[skip_balanced(head, head.index("("), "(", ")") :].strip()


def outside_brackets(text):
    """`text` without what stands in (), [] and <>, the brackets themselves kept."""
    kept, depth = [], 0
    for offset, letter in enumerate(text):
        if letter in ")]" or (letter == ">" and text[offset - 1 : offset] not in ("-", "=")):
            depth = max(0, depth - 1)
        if depth == 0:
            kept.append(letter)
        if letter in "([" or (letter == "<" and re.match(r"[\w>]", text[offset - 1 : offset])):
            depth += 1
    return "".join(kept)


def kind_of(head):
    """What a brace behind `head` opens: "scope", "function" or "value"."""
    head = bare_head(head)
    if re.search(r"\](\s*\(.*\))?[\w\s>:,&*-]*$", outside_brackets(head)) and "=" in head:
        return "function"  # a lambda that gives a constant its value
    if "operator" in head:
        return "function"
    flat = outside_brackets(head)
    if "(" in flat and "=" not in flat:
        behind = flat[flat.index(")") + 1 :] if ")" in flat else ""
        if re.search(r"(?<!:):(?!:)", behind):  # a constructor's initialisers
            return "function" if head[-1] in ")}" else "value"
        return "function"
    return "scope" if SCOPE.match(head) else "value"


def functions(text):
    """(first line, last line, declaration) of every function of a file."""
    text = without_noise(text)
    line_starts = [0] + [match.end() for match in re.finditer("\n", text)]
    found, start, offset = [], 0, 0
    while offset < len(text):
        letter = text[offset]
        if letter in ";}":
            start = offset + 1
        elif letter == "{":
            head = text[start:offset]
            kind = kind_of(head)
            if kind == "scope":
                start = offset + 1
            else:
                end = skip_balanced(text, offset, "{", "}")
                if kind == "function":
                    lead = LEAD.match(head).end()
                    first = bisect.bisect_right(line_starts, start + lead)
                    last = bisect.bisect_right(line_starts, end - 1)
                    found.append((first, last, " ".join(bare_head(head).split())))
                    start = end
                offset = end
                continue
        offset += 1
    return found


def measure(top):
    """(lines, path, first line, declaration) of every function, longest first."""
    found = []
    for name in source_tree.files(top, (".h", ".cc")):
        for first, last, head in functions(source_tree.read(top, name)):
            found.append((last - first + 1, name, first, head))
    return sorted(found, key=lambda row: (-row[0], row[1:]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("root", nargs="?", default=source_tree.root())
    parser.add_argument("--list", type=int, default=5, help="how many of the longest to print")
    parser.add_argument("--limit", type=int, default=LIMIT, help="longest allowed, in lines")
    arguments = parser.parse_args()
    found = measure(arguments.root)
    too_long = [row for row in found if row[0] > arguments.limit]
    for lines, name, first, head in found[: max(arguments.list, len(too_long))]:
        print(f"{lines:4} {name}:{first}: {head[:80]}")
    if found:
        median = statistics.median(row[0] for row in found)
        print(f"functions: {len(found)}, median {median:g} lines, longest {found[0][0]}")
    print(f"functions: {len(too_long)} longer than {arguments.limit} lines")
    return 1 if too_long else 0


if __name__ == "__main__":
    sys.exit(main())
