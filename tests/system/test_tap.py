#!/usr/bin/env python3
# ctest-timeout: 900
"""Our stack against the Linux kernel: the simulated board on a TAP device in a network namespace of this test's own."""

import contextlib
import hashlib
import os
import re
import socket
import subprocess
import sys
import unittest

from harness import SKIPPED, NetctlTest, http_server, need, random_bytes, sha256, stop, wait_for

HOST = "10.9.0.1"
BOARD = "10.9.0.20"
MEBI = 1024 * 1024
INSIDE = "NETCTL_TEST_NAMESPACE"


def enter_namespace():
    """Runs this script again in a fresh network namespace, which ends with it."""
    if INSIDE in os.environ:
        return
    become_root = [] if os.geteuid() == 0 else ["sudo", "-n", "-E"]
    probe = subprocess.run([*become_root, "unshare", "--net", "test", "-c", "/dev/net/tun"], capture_output=True, check=False)
    if probe.returncode != 0:
        print(f"skipped: no right to make a network namespace with a TAP device: {probe.stderr.decode().strip()}")
        sys.exit(SKIPPED)
    command = [*become_root, "unshare", "--net", "env", f"{INSIDE}=1", sys.executable, *sys.argv]
    os.execvp(command[0], command)


def ip(*arguments):
    subprocess.run(["ip", *arguments], check=True, capture_output=True, timeout=10)


def add_tap(name, address=None):
    ip("tuntap", "add", "dev", name, "mode", "tap")
    with contextlib.suppress(FileNotFoundError):
        with open(f"/proc/sys/net/ipv6/conf/{name}/disable_ipv6", "w", encoding="ascii") as file:
            file.write("1")
    if address:
        ip("address", "add", f"{address}/24", "dev", name)
    ip("link", "set", name, "up")


def chargen_pattern(size):
    """RFC 864: lines of 72 printable characters, each line starts one further."""
    ring = bytes(range(32, 127))
    lines = b"".join((ring + ring)[start:start + 72] + b"\r\n" for start in range(95))
    return (lines * (size // len(lines) + 1))[:size]


class TapTest(NetctlTest):
    tap = "tap0"
    static = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_wire()
        with open(os.path.join(cls.folder, "netctl.toml"), "w", encoding="utf-8") as file:
            file.write(f'[target.board]\nchannel = "sim:--tap {cls.tap}"\n')
        cls.target = "board"
        cls.broker = cls("runTest").started("board")
        cls.broker.__enter__()
        if cls.static:
            cls("runTest").run_ok("ip", "set", f"{BOARD}/24", "--gateway", HOST)

    @classmethod
    def make_wire(cls):
        add_tap(cls.tap, HOST)

    @classmethod
    def tearDownClass(cls):
        cls.broker.__exit__(None, None, None)
        ip("link", "delete", cls.tap)
        super().tearDownClass()

    def runTest(self):
        """Only so that the class can be made for its helpers."""


class Transfers:
    """The same transfers over a good and over a bad wire."""

    size = 64 * MEBI

    def test_board_receives_with_equal_hash(self):
        body = random_bytes(self.size, seed=3)
        with http_server({"/big.bin": body}, address=HOST) as port:
            result = self.run_ok("http", "get", f"http://{HOST}:{port}/big.bin", "--json", timeout=600).json
        self.assertEqual((result["size_download"], result["sha256"]), (self.size, sha256(body)))

    def test_board_sends_with_equal_hash(self):
        expected = hashlib.sha256(chargen_pattern(self.size)).hexdigest()
        digest = hashlib.sha256()
        left = self.size
        with socket.create_connection((BOARD, 19), timeout=60) as connection:
            while left > 0:
                data = connection.recv(min(left, 65536))
                self.assertNotEqual(data, b"", "the board closed early")
                digest.update(data)
                left -= len(data)
        self.assertEqual(digest.hexdigest(), expected)


class Tap(Transfers, TapTest):
    def test_linux_pings_the_board(self):
        result = subprocess.run(["ping", "-c", "5", "-i", "0.1", BOARD], capture_output=True, text=True, timeout=30, check=False)
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertIn("5 received, 0% packet loss", result.stdout)
        self.assertIn("5 received", self.run_ok("ping", "--from-host", "-c", "5", "-i", "0.1").out)

    def test_linux_pings_the_board_with_fragments(self):
        result = subprocess.run(["ping", "-c", "2", "-i", "0.1", "-s", "4000", BOARD], capture_output=True, text=True,
                                timeout=30, check=False)
        self.assertIn("2 received, 0% packet loss", result.stdout)

    def test_board_pings_linux(self):
        self.assertIn("5 received, 0% packet loss", self.run_ok("ping", HOST, "-c", "5", "-i", "0.1").out)

    def test_curl_reads_the_status_page(self):
        page = subprocess.run(["curl", "--silent", "--show-error", "--fail", "--max-time", "20", f"http://{BOARD}/"],
                              capture_output=True, text=True, check=True).stdout
        self.assertIn("<html", page)
        self.assertIn(BOARD, page)
        missing = subprocess.run(["curl", "--silent", "--max-time", "20", "--output", "/dev/null", "--write-out", "%{http_code}",
                                  f"http://{BOARD}/no/such/page"], capture_output=True, text=True, check=True).stdout
        self.assertEqual(missing, "404")

    def test_udp_echo_returns_every_size(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.settimeout(5)
            client.connect((BOARD, 7))
            for size in (0, 1, 18, 1471, 1472, 1473, 4000):
                data = random_bytes(size, seed=size)
                client.send(data)
                self.assertEqual(client.recv(65536), data, f"{size} bytes")

    def test_closed_ports_refuse(self):
        with self.assertRaises(ConnectionRefusedError):
            socket.create_connection((BOARD, 12345), timeout=5)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.settimeout(5)
            client.connect((BOARD, 12345))
            client.send(b"?")
            with self.assertRaises(ConnectionRefusedError):
                client.recv(10)

    def test_whole_bring_up(self):
        steps = {step["name"]: step["verdict"] for step in self.run_ok("bringup", "--json", timeout=120).json["steps"]}
        self.assertEqual({name: verdict for name, verdict in steps.items() if verdict != "pass"}, {"DHCP": "skip"})


class TapWithLoss(Transfers, TapTest):
    """5 % of the frames are lost, each way, the same ones in each run."""

    tap = "board0"
    size = 64 * MEBI

    @classmethod
    def make_wire(cls):
        add_tap("host0", HOST)
        add_tap(cls.tap)
        # Else the kernel answers there too, and what goes to that address is never lost.
        ip("link", "set", cls.tap, "arp", "off")
        relay = os.path.join(os.path.dirname(os.path.abspath(__file__)), "relay.py")
        cls.relay = subprocess.Popen([sys.executable, relay, "host0", cls.tap, "0.05", "42"], stdout=subprocess.PIPE)
        assert cls.relay.stdout.readline() == b"ready\n"

    @classmethod
    def tearDownClass(cls):
        stop(cls.relay)
        super().tearDownClass()
        ip("link", "delete", "host0")

    def test_frames_are_lost(self):
        ping = self.run_ok("ping", HOST, "-c", "100", "-i", "0.01", "-W", "0.2").out
        received = int(re.search(r"(\d+) received", ping).group(1))
        self.assertTrue(70 <= received <= 96, ping)


class Dnsmasq(TapTest):
    """DHCP and DNS from dnsmasq."""

    static = False

    @classmethod
    def make_wire(cls):
        super().make_wire()
        cls.dnsmasq = subprocess.Popen(
            ["dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--user=root",
             "--interface", cls.tap, "--bind-interfaces", "--except-interface=lo", "--leasefile-ro", "--pid-file=",
             "--dhcp-range=10.9.0.50,10.9.0.60,2h", f"--dhcp-option=3,{HOST}", "--domain=rig.example",
             "--address=/board.example/192.0.2.7", "--cname=alias.example,board.example", "--log-facility=-"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        stop(cls.dnsmasq)

    def test_lease_and_names(self):
        lease = self.run_ok("dhcp", "--json").json
        self.assertRegex(lease["address"], r"^10\.9\.0\.5\d$|^10\.9\.0\.60$")
        self.assertEqual((lease["gateway"], lease["server"], lease["lease_s"]), (HOST, HOST, 7200))
        answer = self.run_ok("dns", "board.example", "--json").json
        self.assertEqual((answer["addresses"], answer["server"]), (["192.0.2.7"], HOST))
        steps = {step["name"]: step["verdict"] for step in self.run_ok("bringup", "--json", timeout=120).json["steps"]}
        self.assertEqual(set(steps.values()), {"pass"}, steps)
        missing = self.netctl("dns", "nobody.invalid")
        self.assertEqual(missing.code, 1, missing)
        wait_for(lambda: self.run_ok("ip", "show", "--json").json["dhcp"] == "bound", what="a lease")


if __name__ == "__main__":
    need("unshare")
    enter_namespace()
    need("ip", "dnsmasq", "curl", "ping")  # some of them only in root's PATH
    ip("link", "set", "lo", "up")
    unittest.main(verbosity=2)
