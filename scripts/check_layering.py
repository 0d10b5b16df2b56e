#!/usr/bin/env python3
"""Checks who includes whom, and that the embedded side stays without heap, threads and streams.

usage: check_layering.py [ROOT]

The table below is the rule. A file belongs to the first row its path starts with.
"""

import os
import re
import sys

import source_tree

# Folder, what it may include of ours. A folder may always include itself.
MAY_INCLUDE = (
    ("stack/base/", ()),
    ("stack/wire/", ("stack/base/",)),
    ("stack/device/", ("stack/base/",)),
    # Plain structs that protocol and host-cli see through stack/stats.h.
    ("stack/tcp/info.h", ("stack/base/",)),
    ("stack/stats.h", ("stack/base/", "stack/tcp/info.h")),
    ("stack/", ("stack/",)),
    ("drivers/", ("stack/base/", "stack/device/")),
    ("protocol/", ("stack/base/", "stack/stats.h")),
    ("agent/", ("stack/", "drivers/", "protocol/", "build_info.h")),
    (
        "host-cli/",
        ("protocol/", "stack/base/", "stack/wire/", "stack/stats.h", "build_info.h"),
    ),
    ("tests/", ()),  # everything
)

# Standard headers that mean heap, threads, streams or a clock of their own.
HOSTED_ONLY = {
    "any", "condition_variable", "deque", "filesystem", "forward_list", "fstream", "future",
    "iostream", "istream", "list", "locale", "map", "mutex", "ostream", "queue", "regex", "set",
    "shared_mutex", "sstream", "stack", "stdexcept", "string", "thread", "unordered_map",
    "unordered_set", "vector",
}  # fmt: skip
EMBEDDED = ("stack/", "drivers/", "protocol/", "agent/")
# Runs as a process on the host and may use it.
HOSTED_BOARDS = ("agent/boards/sim/",)
GENERATED = {"build_info.h"}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def row_of(name):
    return next((row for row in MAY_INCLUDE if name.startswith(row[0])), None)


def complaint(top, name, kind, included):
    """Why `name` must not include `included`, or None."""
    if kind == "<":
        hosted = name.startswith(EMBEDDED) and not name.startswith(HOSTED_BOARDS)
        if hosted and included in HOSTED_ONLY:
            return "needs a heap, threads or streams"
        return None
    row = row_of(name)
    if row is None:
        return "the including file is in no folder of the table"
    folder, allowed = row
    if folder == "tests/":
        return None
    if included not in GENERATED and not os.path.isfile(os.path.join(top, included)):
        return "is not a path from the root"
    if included.startswith(folder) or included.startswith(allowed):
        return None
    return f"{folder} may include {', '.join(allowed) or 'nothing else of ours'}"


def check(top):
    """Complaints, one line each."""
    found = []
    for name in source_tree.files(top, (".h", ".cc", ".S")):
        for number, line in enumerate(source_tree.read(top, name).splitlines(), 1):
            if match := INCLUDE.match(line):
                why = complaint(top, name, match.group(1), match.group(2))
                if why:
                    found.append(f"{name}:{number}: {match.group(2)}: {why}")
    return found


def main():
    top = sys.argv[1] if len(sys.argv) > 1 else source_tree.root()
    found = check(top)
    for line in found:
        print(line)
    print(f"layering: {len(found)} violations")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
