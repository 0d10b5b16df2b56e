#!/usr/bin/env python3
# ctest-timeout: 120
"""The other boards that QEMU emulates: bring-up, and a mebibyte each way with an equal hash."""

import os
import socket
import unittest

from harness import FIRMWARE, NetctlTest, http_server, random_bytes, sha256

GATEWAY = "10.0.2.2"
MEBI = 1024 * 1024


class Board:
    """What holds for each of them; the board's class names it."""

    def setUp(self):
        image = FIRMWARE.replace("qemu-mps2-an386", "qemu-" + self.target.split(":")[1])
        if not os.path.exists(image):
            self.skipTest(f"{image} is not built")

    def test_bringup_passes_every_step(self):
        report = self.run_ok("bringup", "--json", timeout=90).json
        verdicts = {step["name"]: step["verdict"] for step in report["steps"]}
        self.assertEqual({verdict for verdict in verdicts.values()}, {"pass", "skip"}, verdicts)
        self.assertEqual([name for name, verdict in verdicts.items() if verdict == "skip"], ["PHY loopback"])

    def test_a_mebibyte_arrives_with_equal_hash(self):
        body = random_bytes(MEBI, seed=1)
        with http_server({"/big.bin": body}) as port:
            result = self.run_ok("http", "get", f"http://{GATEWAY}:{port}/big.bin", "--json").json
        self.assertEqual((result["size_download"], result["sha256"]), (len(body), sha256(body)))


class Lm3s6965evb(Board, NetctlTest):
    target = "qemu:lm3s6965evb"


class EmcraftSf2(Board, NetctlTest):
    target = "qemu:emcraft-sf2"


if __name__ == "__main__":
    unittest.main()
