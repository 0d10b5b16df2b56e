#!/usr/bin/env python3
# ctest-timeout: 240
"""Bad input and broken boards: a clear message, the right exit code, no hang, nothing left behind."""

import json
import os
import pty
import signal
import socket
import threading
import time
import unittest

from harness import NetctlTest, alive, children_of, monitor, stop, wait_for

GATEWAY = "10.0.2.2"


class Usage(NetctlTest):
    target = ""

    def check(self, code, text, *arguments, **options):
        begin = time.monotonic()
        result = self.netctl(*arguments, **options)
        self.assertEqual(result.code, code, result)
        self.assertIn(text, result.err, result)
        self.assertLess(time.monotonic() - begin, 30)
        return result

    def test_unknown_command_is_answered_with_a_suggestion(self):
        self.check(2, "ping", "pingg")

    def test_unknown_option(self):
        self.check(2, "--frobnicate", "ping", "10.0.2.2", "--frobnicate")

    def test_unknown_target(self):
        self.check(2, "rig99", "-t", "rig99", "info")

    def test_bad_address(self):
        self.check(2, "300.1.1.1", "arp", "probe", "300.1.1.1")

    def test_missing_device(self):
        self.check(3, "/dev/ttyNONE9", "-t", "/dev/ttyNONE9", "info")

    def test_refused_tcp_channel(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        self.check(3, str(port), "-t", f"socket://127.0.0.1:{port}", "info")

    def test_missing_unix_channel(self):
        self.check(3, "/nonexistent", "-t", "unix:///nonexistent", "info")

    def test_program_that_ends_at_once(self):
        self.check(3, "false", "-t", "exec:false", "info")

    def test_broken_configuration_names_the_line(self):
        path = os.path.join(self.folder, "netctl.toml")
        with open(path, "w", encoding="utf-8") as file:
            file.write('[target.a]\nchannel = "qemu:"\nchannel = 5\n')
        try:
            self.check(2, "netctl.toml:3", "-t", "a", "info")
        finally:
            os.remove(path)

    def test_errors_are_json_too(self):
        result = self.netctl("-t", "/dev/ttyNONE9", "info", "--json")
        self.assertEqual((result.code, json.loads(result.out)["error"]["code"]), (3, "channel"))

    def test_every_command_has_help_with_examples(self):
        overview = self.netctl("--help")
        self.assertEqual(overview.code, 0)
        for command in ("bringup", "info", "link", "phy", "ip", "dhcp", "dns", "arp", "ping", "perf", "http", "stats", "pbuf",
                        "conn", "capture", "inject", "console", "reset", "targets", "target"):
            self.assertIn(command, overview.out)
            result = self.netctl(command, "--help")
            self.assertEqual(result.code, 0, result)
        self.assertIn("netctl ping", self.netctl("ping", "--help").out)


class SilentBoards(NetctlTest):
    """Channels where no agent answers."""

    target = ""

    def with_pty(self, behaviour, *arguments):
        board, device = pty.openpty()
        name = os.ttyname(device)
        stopped = threading.Event()
        thread = threading.Thread(target=behaviour, args=(board, stopped), daemon=True)
        thread.start()
        try:
            return self.netctl("-t", name, *arguments)
        finally:
            stopped.set()
            os.close(device)
            os.close(board)
            thread.join(timeout=5)

    def test_a_dead_line(self):
        result = self.with_pty(lambda board, stopped: stopped.wait(), "info")
        self.assertEqual(result.code, 3, result)

    def test_garbage_suggests_the_baud_rate(self):
        def babble(board, stopped):
            while not stopped.wait(0.01):
                try:
                    os.write(board, os.urandom(64))
                except OSError:
                    return

        result = self.with_pty(babble, "info")
        self.assertEqual(result.code, 3, result)
        self.assertIn("baud", result.err)

    def test_a_command_timeout(self):
        begin = time.monotonic()
        result = self.with_pty(lambda board, stopped: stopped.wait(), "--timeout", "500ms", "info")
        self.assertEqual(result.code, 4, result)
        self.assertLess(time.monotonic() - begin, 3)


class Boards(NetctlTest):
    """Things that happen to a board while a command runs."""

    def test_kill_9_leaves_neither_qemu_nor_lock(self):
        ping = self.popen("ping", GATEWAY, "-i", "0.1", "--json")
        for _ in range(3):
            ping.stdout.readline()
        qemu = children_of(ping.pid)
        self.assertEqual(len(qemu), 1)
        ping.kill()
        ping.wait()
        wait_for(lambda: not alive(qemu[0]), what="the end of QEMU")
        stop(ping)
        self.run_ok("info")

    def test_kill_9_of_the_broker_leaves_no_qemu(self):
        with self.started() as entry:
            qemu = wait_for(lambda: children_of(entry["pid"]), what="QEMU")
            os.kill(entry["pid"], signal.SIGKILL)
            wait_for(lambda: not any(map(alive, qemu)), what="the end of QEMU")
            self.run_ok("info")

    def test_ctrl_c_ends_a_ping_with_its_statistics(self):
        ping = self.popen("ping", GATEWAY, "-i", "0.2")
        for _ in range(3):
            ping.stdout.readline()
        ping.send_signal(signal.SIGINT)
        out, err = ping.communicate(timeout=10)
        self.assertEqual(ping.returncode, 130, err)
        self.assertIn(b"ping statistics", out)

    def test_qemu_killed_in_the_middle(self):
        ping = self.popen("ping", GATEWAY, "-i", "0.1", "--json")
        for _ in range(3):
            ping.stdout.readline()
        os.kill(children_of(ping.pid)[0], signal.SIGKILL)
        out, err = ping.communicate(timeout=20)
        self.assertEqual(ping.returncode, 3, err)
        self.run_ok("info")

    def test_board_reset_in_the_middle_of_a_command(self):
        with self.started() as entry:
            before = self.run_ok("info", "--json").json["boot_counter"]
            ping = self.popen("ping", GATEWAY, "-i", "0.1", "--json")
            for _ in range(3):
                ping.stdout.readline()
            monitor(entry["monitor"], "system_reset")
            out, err = ping.communicate(timeout=20)
            self.assertEqual(ping.returncode, 6, err)
            self.assertIn("restart", err.decode())
            self.assertEqual(self.run_ok("info", "--json").json["boot_counter"], before + 1)

    def test_reset_command_restarts_the_board(self):
        with self.started():
            before = self.run_ok("info", "--json").json
            self.run_ok("reset")
            after = self.run_ok("info", "--json").json
            self.assertEqual(after["boot_counter"], before["boot_counter"] + 1)
            self.assertEqual(after["reset_cause"], "software")

    def test_unresolvable_name(self):
        # A name server that is not there: the answer is a time-out, never a hang.
        result = self.netctl("dns", "nobody.invalid", "--server", "10.0.2.99", "--wait", "1s")
        self.assertEqual(result.code, 1, result)


if __name__ == "__main__":
    unittest.main(verbosity=2)
