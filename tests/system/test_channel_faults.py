#!/usr/bin/env python3
# ctest-timeout: 400
"""The control channel of real firmware through the fault proxy: no wrong answer, and the next command works."""

import os
import random
import subprocess
import time
import unittest

from harness import FAULT_PROXY, QEMU, FIRMWARE, NetctlTest, monitor, stop, wait_for

SEED = 20
GATEWAY = "10.0.2.2"


class Faults(NetctlTest):
    """One board for all tests; its UART is a unix socket that outlives every netctl."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.uart = os.path.join(cls.folder, "uart")
        cls.qemu_monitor = os.path.join(cls.folder, "monitor")
        cls.target = f"unix://{cls.uart}"
        cls.qemu = subprocess.Popen(
            [QEMU, "-M", "mps2-an386", "-kernel", FIRMWARE, "-display", "none", "-nic", "user,model=lan9118,restrict=on",
             "-serial", f"unix:{cls.uart},server=on,wait=off", "-monitor", f"unix:{cls.qemu_monitor},server=on,wait=off"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(lambda: os.path.exists(cls.uart), what="QEMU's socket")
        cls.truth = cls.netctl("phy", "show", "--json")
        cls.dice = random.Random(SEED)

    @classmethod
    def tearDownClass(cls):
        stop(cls.qemu)
        super().tearDownClass()

    def setUp(self):
        self.assertEqual(self.truth.code, 0, self.truth)
        self.assertIsNone(self.qemu.poll(), "QEMU has ended")

    def through(self, *faults):
        """A netctl's way to the board with faults: (proxy, target)."""
        path = os.path.join(self.folder, "proxy")
        if os.path.exists(path):
            os.remove(path)
        proxy = subprocess.Popen([FAULT_PROXY, "--listen", f"unix:{path}", "--connect", f"unix:{self.uart}",
                                  *map(str, faults)], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(lambda: os.path.exists(path), what="the proxy")
        self.addCleanup(stop, proxy)
        return proxy, f"unix://{path}"

    def with_faults(self, *faults):
        """One command; what it says is either right, or an error of the channel or a time-out."""
        proxy, target = self.through(*faults)
        result = self.netctl("phy", "show", "--json", target=target)
        stop(proxy)
        self.assertIn(result.code, (0, 3, 4), (faults, result))
        if result.code == 0:
            self.assertEqual(result.json, self.truth.json, faults)
        return result

    def next_command_works(self):
        result = self.run_ok("phy", "show", "--json")
        self.assertEqual(result.json, self.truth.json)

    # What happens at every offset is in tests/protocol/session_faults_test.cc; here every seventh of the first frames of
    # a connection, with the finished programs.
    def single_fault(self, fault):
        for direction in ("down", "up"):
            for offset in range(self.dice.randrange(7), 84, 7):
                result = self.with_faults(fault, offset, "--only", direction)
                self.assertEqual(result.code, 0, (fault, offset, direction, result))
        self.next_command_works()

    def test_a_byte_is_flipped(self):
        self.single_fault("--flip-at")

    def test_a_byte_is_dropped(self):
        self.single_fault("--drop-at")

    def test_a_byte_is_inserted(self):
        self.single_fault("--insert-at")

    def test_boot_text_in_the_stream(self):
        for seed in range(5):
            self.with_faults("--text-rate", "0.01", "--seed", seed)
        self.next_command_works()

    def test_a_noisy_line(self):
        for seed in range(5):
            self.with_faults("--ber", "3e-4", "--drop-rate", "5e-4", "--insert-rate", "5e-4", "--seed", seed)
        self.next_command_works()

    def test_a_line_of_noise_ends_with_an_error(self):
        self.assertEqual(self.with_faults("--ber", "0.1").code, 3)
        self.next_command_works()

    def test_board_reset_at_random_points(self):
        for _ in range(10):
            command = self.popen("phy", "show", "--json")
            time.sleep(self.dice.uniform(0, 0.25))
            monitor(self.qemu_monitor, "system_reset")
            out, err = command.communicate(timeout=30)
            self.assertIn(command.returncode, (0, 3, 6), err)
            self.next_command_works()

    def test_netctl_killed_a_hundred_times(self):
        for count in range(100):
            command = self.popen("phy", "bench") if count % 2 else self.popen("stats", "--json")
            time.sleep(self.dice.uniform(0, 0.3))
            command.kill()
            command.communicate()
            if count % 10 == 9:
                self.next_command_works()

    def test_a_second_client_is_told_who_has_the_board(self):
        first = self.popen("stats", "--watch", "--json")
        first.stdout.readline()
        second = self.netctl("info")
        self.assertEqual(second.code, 5, second)
        self.assertIn(str(first.pid), second.err, second)
        self.assertIsNone(first.poll(), "the first client was disturbed")
        stop(first)
        self.next_command_works()

    def test_two_clients_share_a_started_board(self):
        with self.started():
            ping = self.popen("ping", GATEWAY, "-c", "20", "-i", "0.1", "--json", target="qemu")
            for _ in range(10):
                self.run_ok("info", target="qemu")
            out, err = ping.communicate(timeout=30)
            self.assertEqual(ping.returncode, 0, err)


if __name__ == "__main__":
    unittest.main(verbosity=2)
