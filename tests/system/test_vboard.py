#!/usr/bin/env python3
"""The virtual STM32F407 behind the virtual probe: flashed and debugged by OpenOCD's own target file."""

import os
import struct
import subprocess
import tempfile
import unittest

from harness import VPROBE, need

RAM = 0x20000000
ENTRY = 0x08000200
LOOP = ENTRY + 10
# Counts in the first word of the RAM.
CODE = (0xF240, 0x0000, 0xF2C2, 0x0000,  # movw, movt r0, 0x20000000
        0x2100,  # movs r1, #0
        0x3101,  # loop: adds r1, #1
        0x6001,  # str r1, [r0]
        0xE7FC)  # b loop
PROBE = ("adapter driver cmsis-dap; cmsis_dap_backend usb_bulk; transport select swd; "
         "gdb_port disabled; tcl_port disabled; telnet_port disabled")


def image():
    vectors = [RAM + 0x2000] + [ENTRY | 1] * 127
    # Not the same everywhere, and more than one buffer of the flash loader.
    rest = bytes(i * 7 & 0xFF for i in range(20000))
    return struct.pack("<128I", *vectors) + struct.pack(f"<{len(CODE)}H", *CODE) + rest


class Flashing(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="vboard-test-")
        self.addCleanup(folder.cleanup)
        self.flash = os.path.join(folder.name, "flash")
        self.image = os.path.join(folder.name, "image.bin")
        with open(self.image, "wb") as file:
            file.write(image())

    def openocd(self, script):
        run = subprocess.run([VPROBE, f"stm32f407:flash={self.flash}", "--", "openocd", "-c", PROBE,
                              "-f", "target/stm32f4x.cfg", "-c", script], text=True, stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120, check=False)
        self.assertEqual(run.returncode, 0, run.stdout)
        self.assertNotIn("stm32f407: ", run.stdout)  # no violation
        return run.stdout

    def test_flash_verify_run_and_debug(self):
        log = self.openocd(f"program {self.image} 0x08000000 verify reset exit")
        self.assertIn("flash size = 1024 KiB", log)
        self.assertIn("** Verified OK **", log)
        with open(self.flash, "rb") as file:
            self.assertEqual(file.read(len(image())), image())

        log = self.openocd("init; sleep 50; set a [read_memory 0x20000000 32 1]; sleep 50; "
                           "set b [read_memory 0x20000000 32 1]; echo counts=[expr {$a != $b}]; "
                           f"reset halt; echo [reg pc]; step; echo [reg pc]; bp {LOOP} 2 hw; resume; "
                           "wait_halt 20000; echo [reg pc]; echo [reg r1]; step; echo [reg r1]; shutdown")
        self.assertIn("counts=1", log)
        values = [line.split()[-1] for line in log.splitlines() if line.startswith(("pc (/32)", "r1 (/32)"))]
        self.assertEqual([int(value, 16) for value in values], [ENTRY, ENTRY + 4, LOOP, 0, 1])

    def test_erased_chip_can_be_halted(self):
        self.assertIn("r0 (/32)", self.openocd("init; halt; echo [reg r0]; shutdown"))


if __name__ == "__main__":
    need("openocd", "umockdev-run")
    unittest.main(verbosity=2)
