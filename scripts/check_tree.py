#!/usr/bin/env python3
"""Checks the shape of the tree: top-level names, file lengths, notes to self, machine paths.

usage: check_tree.py [ROOT]
"""

import os
import re
import sys

import source_tree

TOP_LEVEL = {
    ".ci", ".clang-format", ".clang-tidy", ".gitignore", "CMakeLists.txt", "CMakePresets.json",
    "LICENSE", "README.md", "agent", "drivers", "host-cli", "protocol", "scripts", "stack", "tests",
}  # fmt: skip
MAX_LINES = 500
MAX_README_LINES = 80
CODE = (".h", ".cc", ".S", ".ld", ".py", ".sh", ".cmake", ".txt", ".md", ".cfg", ".json", ".toml")
# Data that is as long as it is: test inputs and recordings.
DATA = re.compile(r"^tests/.*(/corpus/|/data/|/golden/)")
# Written so that this file does not match itself.
NOTE = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|X" + r"XX|HA" + r"CK)\b")
MACHINE_PATH = re.compile(r"(?<![\w.$}])/(?:home|root|work|Users)/\w")


def is_code(top, name):
    if name.endswith(CODE):
        return True
    # Scripts without a suffix.
    if "." in os.path.basename(name):
        return False
    with open(os.path.join(top, name), "rb") as file:
        return file.read(2) == b"#!"


def file_complaints(name, lines):
    if len(lines) > MAX_LINES:
        yield f"{name}: {len(lines)} lines, at most {MAX_LINES}"
    if os.path.basename(name) == "README.md" and "/" in name and len(lines) > MAX_README_LINES:
        yield f"{name}: {len(lines)} lines, a folder's README has at most {MAX_README_LINES}"
    for number, line in enumerate(lines, 1):
        if NOTE.search(line):
            yield f"{name}:{number}: a note to self: {line.strip()}"
        if MACHINE_PATH.search(line):
            yield f"{name}:{number}: a path of one machine: {line.strip()}"


def check(top):
    """Complaints, one line each."""
    names = source_tree.files(top)
    strangers = {name.split("/")[0] for name in names} - TOP_LEVEL
    found = [f"{name}: not a top-level name" for name in sorted(strangers)]
    for name in names:
        if is_code(top, name) and not DATA.match(name):
            found.extend(file_complaints(name, source_tree.read(top, name).splitlines()))
    return found


def main():
    top = sys.argv[1] if len(sys.argv) > 1 else source_tree.root()
    found = check(top)
    for line in found:
        print(line)
    print(f"tree: {len(found)} violations")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
