#!/usr/bin/env python3
"""OpenOCD without a probe: a Tcl port on stdin and stdout that knows what `netctl flash` needs.

FAKE_OPENOCD_COMMANDS  file that gets every command, one per line
FAKE_OPENOCD_ID        DBGMCU_IDCODE, default that of an STM32F407
FAKE_OPENOCD_HOLDS     not empty: the image is there already
FAKE_OPENOCD_PROTECTED sector that is write-protected
FAKE_OPENOCD_BANKS     number of flash banks, default 2
FAKE_OPENOCD_FAIL      COMMAND=TEXT: commands that begin so say TEXT on stderr and fail
FAKE_OPENOCD_DIE       commands that begin so end the process
"""

import os
import re
import sys

SECTORS = [0x4000] * 4 + [0x10000] + [0x20000] * 7


def flash_info():
    protected = os.environ.get("FAKE_OPENOCD_PROTECTED", "")
    lines = ["#0 : stm32f2x at 0x08000000, size 0x00100000, buswidth 0, chipwidth 0"]
    offset = 0
    for number, size in enumerate(SECTORS):
        state = "protected" if str(number) == protected else "not protected"
        lines.append(f"\t#{number:3}: 0x{offset:08x} (0x{size:x} {size >> 10}kB) {state}")
        offset += size
    return "\n".join(lines) + "\n"


def run(script):
    """Code and result, as catch has them."""
    if commands := os.environ.get("FAKE_OPENOCD_COMMANDS"):
        with open(commands, "a", encoding="utf-8") as file:
            file.write(script + "\n")
    prefix, _, text = os.environ.get("FAKE_OPENOCD_FAIL", "").partition("=")
    if prefix and script.startswith(prefix):
        print(text, file=sys.stderr, flush=True)
        return 1, "failed"
    die = os.environ.get("FAKE_OPENOCD_DIE")
    if die and script.startswith(die):
        print("Error: libusb went away", file=sys.stderr, flush=True)
        sys.exit(1)
    answers = {
        "poll off; target names": "chip.cpu",
        "[target current] was_examined": "1",
        "llength [flash list]": os.environ.get("FAKE_OPENOCD_BANKS", "2"),
        "flash info 0": flash_info(),
        "read_memory 0xe0042000 32 1": os.environ.get("FAKE_OPENOCD_ID", "0x100f6413"),
    }
    if "verify_image_checksum" in script:
        return 0, "same" if os.environ.get("FAKE_OPENOCD_HOLDS") else "other"
    return 0, answers.get(script, "")


def main():
    if sys.argv[1:] == ["--version"]:
        print("Open On-Chip Debugger 0.12.0", file=sys.stderr)
        return
    pending = b""
    while data := os.read(0, 65536):
        pending += data
        while b"\x1a" in pending:
            line, pending = pending.split(b"\x1a", 1)
            match = re.fullmatch(r"list (netctl\.\d+) \[catch \{(.*)\} netctl_result\] \$netctl_result",
                                 line.decode(), re.DOTALL)
            code, result = run(match[2])
            os.write(1, f"{match[1]} {code} {{{result}}}\x1a".encode())


main()
