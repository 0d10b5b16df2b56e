#!/usr/bin/env python3
"""Flash and RAM of a firmware, per folder of the tree, from the linker's map file.

usage: size_report.py agent.map [--depth N] [--json]

Flash is what the image holds (code, constants, initial values of data); RAM is data and zeroed
memory. Debug sections and what --gc-sections dropped do not count. Objects that are not ours are
listed by library.
"""

import argparse
import json
import re
import sys

TOP_FOLDERS = ("agent", "drivers", "protocol", "stack")

# An input section: " .text._ZN1aEv  0x00001234  0x10 stack/CMakeFiles/stack.dir/tcp/x.cc.obj".
INPUT = re.compile(r"^ (\S+)\s+0x([0-9a-f]+)\s+0x([0-9a-f]+) (.+)$")
# Padding, a line without an object: " *fill*  0x00001234  0x2".
FILL = re.compile(r"^ \*fill\*\s+0x([0-9a-f]+)\s+0x([0-9a-f]+)")
# An output section: ".data  0x20000000  0x40 load address 0x00001000".
OUTPUT = re.compile(r"^(\.\S+|\S+)\s+0x([0-9a-f]+)\s+0x([0-9a-f]+)(\s+load address .*)?$")
REGION = re.compile(r"^(\S+)\s+0x([0-9a-f]+)\s+0x([0-9a-f]+)(?:\s+([xrwail!]+))?$")
UNCOUNTED = (".debug", ".comment", ".ARM.attributes", ".stab", ".gnu.attributes", ".note")


def joined_lines(text):
    """Lines of the map; a name too long for its column has the rest on the next line."""
    pending = ""
    for line in text.splitlines():
        if pending:
            line, pending = pending + line, ""
        if re.match(r"^ ?[^\s*(]\S*$", line):
            pending = line
            continue
        yield line


def folder_of(path, depth):
    """Folder in the tree of an object the build made, or the library it comes from."""
    ours = re.search(r"(?:^|/)(\w+)/CMakeFiles/[^/]+\.dir/(.*)$", path)
    if ours and ours.group(1) in TOP_FOLDERS:
        parts = [ours.group(1)] + ours.group(2).split("/")[:-1]
        return "/".join(parts[:depth])
    library = re.search(r"([^/]+\.a)\(", path)
    return library.group(1) if library else path.rsplit("/", 1)[-1]


def memory_regions(lines):
    """The writable regions of the MEMORY command, as (origin, end)."""
    regions, inside = [], False
    for line in lines:
        if line.startswith("Memory Configuration"):
            inside = True
        elif line.startswith("Linker script and memory map"):
            break
        elif inside and (match := REGION.match(line)) and match.group(1) != "*default*":
            if "w" in (match.group(4) or ""):
                origin = int(match.group(2), 16)
                regions.append((origin, origin + int(match.group(3), 16)))
    return regions


def read_map(text, depth):
    """{folder: [flash, ram]} of everything that was linked."""
    lines = list(joined_lines(text))
    writable = memory_regions(lines)
    start = next((n for n, line in enumerate(lines) if line.startswith("Linker script and")), None)
    if start is None:
        raise ValueError("no memory map in this file")
    sizes, in_ram, loaded, counted = {}, False, False, False
    for line in lines[start:]:
        if match := OUTPUT.match(line):
            name, address = match.group(1), int(match.group(2), 16)
            counted = not name.startswith(UNCOUNTED)
            in_ram = any(low <= address < high for low, high in writable)
            loaded = not in_ram or (bool(match.group(4)) and not name.startswith((".bss", ".noinit")))
            continue
        if not counted:
            continue
        if match := FILL.match(line):
            folder, size = "(padding)", int(match.group(2), 16)
        elif (match := INPUT.match(line)) and not match.group(1).startswith(UNCOUNTED):
            folder, size = folder_of(match.group(4), depth), int(match.group(3), 16)
        else:
            continue
        row = sizes.setdefault(folder, [0, 0])
        row[0] += size if loaded else 0
        row[1] += size if in_ram else 0
    return {folder: row for folder, row in sizes.items() if any(row)}


def summed(sizes):
    return [sum(row[column] for row in sizes.values()) for column in (0, 1)]


def order(folder):
    top = folder.split("/")[0]
    return (TOP_FOLDERS.index(top) if top in TOP_FOLDERS else len(TOP_FOLDERS), folder)


def print_table(sizes):
    print(f"{'folder':<28} {'flash':>9} {'ram':>9}")
    for top in TOP_FOLDERS:
        below = {f: row for f, row in sizes.items() if f.split("/")[0] == top}
        if not below:
            continue
        flash, ram = summed(below)
        print(f"{top:<28} {flash:>9} {ram:>9}")
        for folder in sorted(below):
            if folder != top or len(below) > 1:
                name = "." if folder == top else folder[len(top) + 1 :]
                print(f"  {name:<26} {below[folder][0]:>9} {below[folder][1]:>9}")
    for folder in sorted(f for f in sizes if f.split("/")[0] not in TOP_FOLDERS):
        print(f"{folder:<28} {sizes[folder][0]:>9} {sizes[folder][1]:>9}")
    flash, ram = summed(sizes)
    print(f"{'total':<28} {flash:>9} {ram:>9}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("map", help="map file written by the linker")
    parser.add_argument("--depth", type=int, default=3, help="folder levels to show")
    parser.add_argument("--json", action="store_true", help="print JSON")
    arguments = parser.parse_args()
    with open(arguments.map, encoding="utf-8", errors="replace") as file:
        sizes = read_map(file.read(), arguments.depth)
    if arguments.json:
        flash, ram = summed(sizes)
        folders = {f: {"flash": r[0], "ram": r[1]} for f, r in sorted(sizes.items())}
        print(json.dumps({"folders": folders, "total": {"flash": flash, "ram": ram}}, indent=2))
    else:
        print_table(sizes)
    return 0


if __name__ == "__main__":
    sys.exit(main())
