#!/usr/bin/env python3
# ctest-timeout: 120
"""The other boards that QEMU emulates: bring-up, and two mebibytes each way with an equal hash."""

import contextlib
import os
import socket
import unittest

from harness import FIRMWARE, NetctlTest, free_port, http_server, random_bytes, sha256, stop, wait_for

GATEWAY = "10.0.2.2"
SIZE = 2 * 1024 * 1024


def chargen(size):
    """What a chargen server sends (RFC 864): lines of 72 printable characters, each begins one further."""
    printable = bytes(range(32, 127))
    period = b"".join((printable * 2)[i:i + 72] + b"\r\n" for i in range(len(printable)))
    return (period * (size // len(period) + 1))[:size]


def read_from(port, size):
    """The first bytes that a server sends; none while nobody answers."""
    got = bytearray()
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        while len(got) < size and (data := connection.recv(65536)):
            got += data
    return bytes(got[:size])


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

    def test_what_it_fetches_arrives_with_equal_hash(self):
        body = random_bytes(SIZE, seed=1)
        with http_server({"/big.bin": body}) as port:
            result = self.run_ok("http", "get", f"http://{GATEWAY}:{port}/big.bin", "--json").json
        self.assertEqual((result["size_download"], result["sha256"]), (len(body), sha256(body)))

    def test_what_it_sends_arrives_with_equal_hash(self):
        port = free_port()
        target = f"{self.target}?nic=user,hostfwd=tcp:127.0.0.1:{port}-:19"
        keeper = self.popen("ping", GATEWAY, "-c", "200", "-i", "0.2", target=target)
        try:
            wait_for(lambda: read_from(port, 1), what="the board's chargen server")
            self.assertEqual(sha256(read_from(port, SIZE)), sha256(chargen(SIZE)))
        finally:
            stop(keeper)


class Lm3s6965evb(Board, NetctlTest):
    target = "qemu:lm3s6965evb"


class EmcraftSf2(Board, NetctlTest):
    target = "qemu:emcraft-sf2"


if __name__ == "__main__":
    unittest.main()
