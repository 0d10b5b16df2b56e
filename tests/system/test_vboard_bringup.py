#!/usr/bin/env python3
# ctest-timeout: 600
"""Each virtual board, as a user of the real one would test it: bring-up, traffic both ways, nothing that a manual forbids.

With NETCTL_LONG=1 the transfers are as large as those of the other boards."""

import hashlib
import json
import os
import socket
import subprocess
import sys
import unittest

from harness import NETCTL, SKIPPED, TOP, NetctlTest, ask, free_port, http_server, random_bytes, sha256, wait_for

VBOARD = os.environ.get("NETCTL_VBOARD", os.path.join(os.path.dirname(NETCTL), "vboard"))
FIRMWARE_DIR = os.environ.get("NETCTL_FIRMWARE_DIR", os.path.join(TOP, "build/firmware"))
HOST = "10.0.2.2"
MEBI = 1024 * 1024
LONG = bool(os.environ.get("NETCTL_LONG"))
SIZE = (16 if LONG else 2) * MEBI
STEP = 1 if LONG else 16  # of the sizes of datagrams and pings


def boards():
    return subprocess.run([VBOARD, "--list"], capture_output=True, text=True, check=True, timeout=30).stdout.split()


def has_image(board):
    return os.path.exists(os.path.join(FIRMWARE_DIR, board, "agent.elf"))


def chargen_pattern(size):
    """RFC 864: lines of 72 printable characters, each line starts one further."""
    ring = bytes(range(32, 127))
    lines = b"".join((ring + ring)[start:start + 72] + b"\r\n" for start in range(95))
    return (lines * (size // len(lines) + 1))[:size]


class VirtualBoard(NetctlTest):
    """One board that stays up for all of them; the tests run in the order of their names."""

    board = ""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.control = os.path.join(cls.folder, "control")
        cls.chargen, cls.echo = free_port(), free_port()
        channel = (f"vboard:{cls.board}?control={cls.control}"
                   f"&forward=tcp::{cls.chargen}-:19,udp::{cls.echo}-:7")
        with open(os.path.join(cls.folder, "netctl.toml"), "w", encoding="utf-8") as file:
            file.write(f'[target.board]\nchannel = "{channel}"\n')
        cls.target = "board"
        cls.broker = cls("runTest").started("board")
        cls.broker.__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.broker.__exit__(None, None, None)
        super().tearDownClass()

    def runTest(self):
        """Only so that the class can be made for its helpers."""

    def ask(self, command):
        return ask(self.control, command)


class Board(VirtualBoard):
    def test_1_every_step_of_the_bring_up_passes(self):
        steps = self.run_ok("bringup", "--json", timeout=120).json["steps"]
        self.assertEqual({step["name"]: step["verdict"] for step in steps if step["verdict"] != "pass"}, {})

    def test_2_board_receives_with_equal_hash(self):
        body = random_bytes(SIZE, seed=3)
        with http_server({"/big.bin": body}) as port:
            result = self.run_ok("http", "get", f"http://{HOST}:{port}/big.bin", "--json", timeout=300).json
        self.assertEqual((result["size_download"], result["sha256"]), (SIZE, sha256(body)))

    def test_3_board_sends_with_equal_hash(self):
        digest = hashlib.sha256()
        left = SIZE
        with socket.create_connection(("127.0.0.1", self.chargen), timeout=60) as connection:
            while left > 0:
                data = connection.recv(min(left, 65536))
                self.assertNotEqual(data, b"", "the board closed early")
                digest.update(data)
                left -= len(data)
        self.assertEqual(digest.hexdigest(), hashlib.sha256(chargen_pattern(SIZE)).hexdigest())

    def test_4_every_size_of_datagram_comes_back(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.settimeout(10)
            client.connect(("127.0.0.1", self.echo))
            for size in range(0, 1473, STEP):
                data = random_bytes(size, seed=size)
                client.send(data)
                self.assertEqual(client.recv(65536), data, f"{size} bytes")

    def test_5_pings_of_all_sizes_and_fragments(self):
        self.assertIn(" 0% packet loss", self.run_ok("ping", HOST, "-i", "0.01", "--sweep", "0", "1472", STEP).out)
        for size in (1473, 2960, 4000):
            self.assertIn("2 received, 0% packet loss",
                          self.run_ok("ping", HOST, "-s", size, "-c", "2", "-i", "0.01").out, f"{size} bytes")

    def test_6_cable_out_and_in(self):
        self.assertEqual(self.ask("unplug"), "ok")
        wait_for(lambda: not self.link_is_up(), 20, "loss of the link")
        self.assertEqual(self.netctl("ping", HOST, "-c", "1", "-W", "0.5").code, 1)
        self.assertEqual(self.ask("plug"), "ok")
        wait_for(self.link_is_up, 20, "the link")
        self.assertIn("1 received", self.run_ok("ping", HOST, "-c", "1", "-W", "5").out)

    def link_is_up(self):
        return self.run_ok("link", "show", "--json").json["phy"]["state"] == "up"

    def test_9_the_firmware_did_nothing_that_a_manual_forbids(self):
        self.assertEqual(json.loads(self.ask("violations")), [])
        counters = json.loads(self.ask("counters"))
        self.assertGreater(counters["frames_to_board"], 0)
        self.assertGreater(counters["frames_from_board"], 0)


class Program(NetctlTest):
    """vboard by itself, and what netctl knows of it."""

    def vboard(self, *arguments, **options):
        return subprocess.run([VBOARD, *arguments], capture_output=True, text=True, timeout=60, check=False,
                              stdin=subprocess.DEVNULL, env=self.environment, **options)

    def test_help_names_every_option_and_command(self):
        text = self.vboard("--help").stdout
        for word in ("--image", "--tap", "--forward", "--fault", "--seed", "--control", "--strict", "unplug", "violations"):
            self.assertIn(word, text)

    def test_netctl_knows_the_same_boards(self):
        result = self.netctl("-t", "vboard:nonsense", "info", target="")
        self.assertEqual(result.code, 2, result)
        self.assertIn(f"there is: {', '.join(boards())}\n", result.err)

    def test_what_makes_no_sense_is_refused(self):
        board = boards()[0]
        for arguments, words in (((), "which board?"), (("nonsense",), "no virtual board 'nonsense'; there is: " + board),
                                 ((board, "--speed", "3"), "no option --speed"), ((board, "--seed", "x"), "'x' is no seed"),
                                 ((board, "--image", "/nowhere/x.elf"), "/nowhere/x.elf does not exist"),
                                 ((board, "--forward", "tcp:80"), "'tcp:80' is no forward"),
                                 ((board, "--tap", "t", "--forward", "tcp::8080-:80"), "not to --tap")):
            run = self.vboard(*arguments)
            self.assertEqual(run.returncode, 2, run)
            self.assertIn(words, run.stderr)

    @unittest.skipUnless(has_image(boards()[0]), "no firmware")
    def test_ends_with_its_serial_line_and_knows_its_faults(self):
        board = boards()[0]
        run = self.vboard(board)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        run = self.vboard(board, "--fault", "nonsense")
        self.assertEqual(run.returncode, 2, run)
        self.assertIn(f"{board} has no fault 'nonsense'", run.stderr)

    @unittest.skipUnless(has_image(boards()[0]), "no firmware")
    def test_control_socket(self):
        control = os.path.join(self.folder, "control")
        with open(os.path.join(self.folder, "netctl.toml"), "w", encoding="utf-8") as file:
            file.write(f'[target.board]\nchannel = "vboard:{boards()[0]}?control={control}"\n')
        with self.started("board"):
            before = self.run_ok("info", "--json", target="board").json
            self.assertTrue(ask(control, "nonsense").startswith("error: "))
            self.assertTrue(ask(control, "fault nonsense on").startswith("error: no fault"))
            for fault in json.loads(ask(control, "faults"))[:1]:
                self.assertEqual(fault["on"], False)
                self.assertEqual(ask(control, f"fault {fault['name']} on"), "ok")
                self.assertEqual(json.loads(ask(control, "faults"))[0]["on"], True)
                self.assertEqual(ask(control, f"fault {fault['name']} off"), "ok")
            self.assertEqual(ask(control, "power"), "ok")
            wait_for(lambda: self.netctl("info", target="board").code == 0, what="the board after its power cycle")
            after = self.run_ok("info", "--json", target="board").json
            self.assertEqual((before["board"], before["build_id"]), (after["board"], after["build_id"]))


def load_tests(loader, _tests, _pattern):
    suite = loader.loadTestsFromTestCase(Program)
    for board in filter(has_image, boards()):
        case = type(f"Board[{board}]", (Board,), {"board": board})
        suite.addTests(loader.loadTestsFromTestCase(case))
    return suite


if __name__ == "__main__":
    if not any(map(has_image, boards())):
        print(f"skipped: no firmware of {', '.join(boards())} in {FIRMWARE_DIR}")
        sys.exit(SKIPPED)
    unittest.main(verbosity=2)
