#!/usr/bin/env python3
# ctest-timeout: 600
"""The board without any wire but its debug port: the virtual probe, unmodified OpenOCD and libusb."""

import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import time
import unittest

from harness import (FIRMWARE, QEMU, NetctlTest, Result, TOP, VPROBE, children_of, free_port, need, stop, virtual_probe,
                     wait_for)

CONFIG = "qemu-mps2-an386"
DIRECT = "probe:"
OPENOCD = f"openocd:{CONFIG}"
FIVE_MB = 5_000_000
# It repeats more of the work that an error ends.
FOR_OPENOCD = ("wait 500", "fault 20000", "parity 20000")
# More SWD transfers than OpenOCD, the search for the rings and the session need together.
TRANSFERS_OF_A_START = 100_000


class SwdTest(NetctlTest):
    """One emulated board with a probe on it, for all tests of a class."""

    vprobe_target = "qemu"
    vprobe_options = ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stack = contextlib.ExitStack()
        cls.addClassCleanup(cls.stack.close)
        cls.probe = cls.stack.enter_context(
            virtual_probe(cls.vprobe_target, *cls.vprobe_options, base_environment=cls.environment))
        cls.environment = cls.probe.environment

    def tearDown(self):
        for command in ("clear", "power on", "plug"):
            self.probe.control(command)

    def start(self, *arguments, **options):
        """A netctl that is ended with the test."""
        process = self.popen(*arguments, **options)
        self.addCleanup(stop, process)
        return process

    def counters(self):
        return json.loads(self.probe.control("counters"))

    def start_transfer(self, size, target):
        """A channel test in the middle of its transfer."""
        begin = self.counters()["transfers"]
        process = self.start("channel", "test", "--bytes", size, "--json", target=target)
        wait_for(lambda: self.counters()["transfers"] > begin + TRANSFERS_OF_A_START, 60, "bulk traffic")
        return process

    def check(self, code, text, *arguments, **options):
        result = self.netctl(*arguments, **options)
        self.assertEqual(result.code, code, result)
        self.assertIn(text, result.err, result)
        return result

    @contextlib.contextmanager
    def openocd(self):
        """An OpenOCD of the user's own; its Tcl port."""
        port = free_port()
        config = os.path.join(TOP, "scripts/openocd", f"{CONFIG}.cfg")
        process = subprocess.Popen(
            ["openocd", "-c", f"tcl_port {port}; gdb_port disabled; telnet_port disabled; bindto 127.0.0.1", "-f",
             config, "-c", "init"],
            env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            def listens():
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                    return True
                return False
            wait_for(listens, what="OpenOCD")
            yield port
        finally:
            stop(process)


class Board(SwdTest):
    def test_the_probe_is_listed(self):
        table = self.run_ok("probes", target="").out
        self.assertIn("V0001", table)
        probes = self.run_ok("probes", "--json", target="").json["probes"]
        self.assertEqual([probe["serial"] for probe in probes], ["V0001"])

    def test_bringup_by_the_probe_alone(self):
        result = self.run_ok("bringup", "--json", target=DIRECT)
        verdicts = result.json
        self.assertEqual((verdicts["passed"], verdicts["failed"], verdicts["skipped"]), (15, 0, 0), result)

    def test_bringup_by_openocd(self):
        result = self.run_ok("bringup", "--json", target=OPENOCD)
        verdicts = result.json
        self.assertEqual((verdicts["passed"], verdicts["failed"], verdicts["skipped"]), (15, 0, 0), result)

    def test_an_openocd_that_runs_already(self):
        with self.openocd() as port:
            info = self.run_ok("info", "--json", target=f"openocd://127.0.0.1:{port}").json
            self.assertEqual(info["board"], CONFIG)
            self.run_ok("channel", "test", "--bytes", "100k", target=f"openocd://127.0.0.1:{port}")

    def test_five_megabytes_each_way_with_faults(self):
        for target in (DIRECT, OPENOCD):
            with self.subTest(target):
                kinds = ("wait 200", "fault 3000", "parity 2000") if target == DIRECT else FOR_OPENOCD
                process = self.start_transfer(str(FIVE_MB), target)
                before = self.counters()["injected"]
                for kind in kinds:
                    self.assertEqual(self.probe.control(f"fault {kind}"), "ok")
                out, err = process.communicate(timeout=300)
                after = self.counters()["injected"]
                self.probe.control("clear")
                for kind in kinds:
                    name = kind.split()[0]
                    self.assertGreater(after[name], before[name], name)
                self.assertEqual(process.returncode, 0, err.decode())
                self.assertIn(b'"to_host"', out)

    def test_memory_is_read_and_written_while_the_core_runs(self):
        address = "0x21800000"
        self.run_ok("mem", "write", address, "0x11223344", "0x55667788", target=DIRECT)
        self.assertIn("11223344 55667788", self.run_ok("mem", "read", address, "8", target=OPENOCD).out)
        self.assertEqual(self.run_ok("mem", "read", "0x21800001", "3", "-w", "8", "--json", target=DIRECT).json["bytes"],
                         "332211")
        data = random.Random(5).randbytes(70_001)
        for name, content in (("in.bin", data), ("out.bin", b"")):
            with open(os.path.join(self.folder, name), "wb") as file:
                file.write(content)
        self.run_ok("mem", "write", "0x21900003", "-w", "8", "--input", "in.bin", target=DIRECT)
        self.run_ok("mem", "read", "0x21900003", str(len(data)), "-w", "8", "--output", "out.bin", target=DIRECT)
        with open(os.path.join(self.folder, "out.bin"), "rb") as file:
            self.assertEqual(file.read(), data)
        folder = self.netctl("mem", "write", "0x21900000", "--input", self.folder, target=DIRECT)
        self.assertEqual(folder.code, 2, folder)
        self.assertIn(self.folder, folder.err)

    def test_hard_reset_and_halt(self):
        before = self.run_ok("info", "--json", target=DIRECT).json["boot_counter"]
        self.run_ok("reset", "--hard", target=DIRECT)
        self.assertEqual(self.run_ok("info", "--json", target=DIRECT).json["boot_counter"], before + 1)
        for target in (DIRECT, OPENOCD):
            self.run_ok("reset", "--halt", target=target)
            halted = self.run_ok("mem", "read", "0xe000edf0", "4", target=target).out
            self.assertTrue(int(halted.split()[1], 16) & 1 << 17, f"S_HALT of DHCSR: {halted}")
            self.run_ok("reset", "--hard", target=target)

    def test_the_text_of_the_board_comes_by_the_probe(self):
        # Takes the text that waits, too.
        boot = self.run_ok("info", "--json", target=DIRECT).json["boot_counter"]
        self.assertEqual(self.probe.control("reset"), "ok")
        self.run_ok("console", "--until", f"boot {boot + 1},", "--timeout", "60s", target=DIRECT)


class Broken(SwdTest):
    """Each command after something broke works at its first try."""

    def start_capture(self, target):
        return self.start("capture", "-w", "/dev/null", target=target)

    def test_a_hundred_resets_of_the_target(self):
        for number in range(100):
            self.assertEqual(self.probe.control("reset"), "ok")
            self.run_ok("info", target=DIRECT if number % 10 else OPENOCD)

    def test_a_hundred_kills_of_netctl(self):
        moments = random.Random(1)
        for number in range(100):
            target = DIRECT if number % 10 else OPENOCD
            process = self.start_capture(target)
            time.sleep(moments.uniform(0, 0.25))
            process.kill()
            process.communicate(timeout=30)
            self.run_ok("info", target=target)

    def test_twenty_kills_of_openocd(self):
        moments = random.Random(2)
        for _ in range(20):
            process = self.start_capture(OPENOCD)
            children = wait_for(lambda pid=process.pid: openocds_of(pid), what="OpenOCD")
            time.sleep(moments.uniform(0, 0.4))
            os.kill(children[0], signal.SIGKILL)
            _, err = process.communicate(timeout=30)
            self.assertEqual(process.returncode, 3, err.decode())
            self.assertIn(b"OpenOCD", err)
            self.run_ok("info", target=OPENOCD)

    def test_a_reset_in_a_transfer_is_named(self):
        process = self.start_transfer("50M", DIRECT)
        self.assertEqual(self.probe.control("reset"), "ok")
        _, err = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 6, err.decode())
        self.assertIn(b"restarted", err)

    def test_power_that_comes_back(self):
        self.assertEqual(self.probe.control("power off"), "ok")
        self.check(3, "power", "info", target=DIRECT)
        self.assertEqual(self.probe.control("power on"), "ok")
        self.run_ok("info", target=DIRECT)

    def test_unplugged_in_the_middle(self):
        for target in (DIRECT, OPENOCD):
            process = self.start_transfer("50M", target)
            self.assertEqual(self.probe.control("unplug"), "ok")
            _, err = process.communicate(timeout=30)
            self.assertEqual(process.returncode, 3, err.decode())
            self.assertIn(b"unplugged", err)
            self.assertEqual(self.probe.control("plug"), "ok")
            self.run_ok("info", target=target)


def openocds_of(pid):
    """Those that serve, among the children of `pid`."""
    found = []
    for child in children_of(pid):
        with contextlib.suppress(OSError), open(f"/proc/{child}/cmdline", "rb") as command:
            arguments = command.read().split(b"\0")
            if arguments[0] == b"openocd" and b"--version" not in arguments:
                found.append(child)
    return found


class Refused(NetctlTest):
    """What stands between a user and the target: each has its own message and exit code."""

    def check(self, code, texts, *arguments, options=(), vprobe_target="array", target=DIRECT):
        command = [VPROBE, *options, vprobe_target, "--", *self.command(*arguments, target=target)]
        run = subprocess.run(command, env=self.environment, cwd=self.folder, stdin=subprocess.DEVNULL,
                             capture_output=True, text=True, timeout=60, check=False)
        result = Result(command, run.returncode, run.stdout, run.stderr)
        self.assertEqual(result.code, code, result)
        for text in (texts,) if isinstance(texts, str) else texts:
            self.assertIn(text, result.err, result)
        self.assertIn("hint:", result.err, result)
        return result

    def test_no_probe(self):
        for target in (DIRECT, OPENOCD):
            result = self.check(3, "probe", "info", options=("--probes", "0"), target=target)
            self.assertRegex(result.err, "no .*probe")

    def test_no_such_probe(self):
        self.check(3, "S999", "info", target="probe:S999")

    def test_two_probes_and_no_selector(self):
        for target in (DIRECT, OPENOCD):
            self.check(3, ("V0001", "V0001-2"), "info", options=("--probes", "2"), target=target)

    def test_the_right_one_of_two(self):
        with virtual_probe("qemu", "--probes", "2", base_environment=self.environment) as probe:
            for target in ("probe:V0001", "probe:0d28:0204:V0001", f"{OPENOCD}?probe=V0001"):
                result = self.netctl("info", target=target, env=probe.environment)
                self.assertEqual(result.code, 0, result)
            # A configuration of the user's that chooses by itself.
            path = os.path.join(self.folder, "rig.cfg")
            with open(path, "w", encoding="ascii") as file:
                file.write(f"source {TOP}/scripts/openocd/{CONFIG}.cfg\nadapter serial V0001\n")
            result = self.netctl("info", target=f"openocd:{path}", env=probe.environment)
            self.assertEqual(result.code, 0, result)

    def test_busy_in_another_program(self):
        self.check(3, "another program", "info", options=("--busy",))

    def test_no_permission(self):
        self.check(3, ("permission", "60-netctl.rules"), "info", options=("--no-permission",))

    def test_target_without_power(self):
        for target in (DIRECT, OPENOCD):
            self.check(3, "power", "info", options=("--fault", "noack"), target=target)

    def test_another_idcode(self):
        self.check(3, "0x0bc11477", "info", options=("--idcode", "0x0bc11477"), target="probe:?idcode=0x2ba01477")

    def test_locked_core(self):
        for target in (DIRECT, OPENOCD):
            self.check(3, "locked", "info", options=("--locked",), target=target)

    def test_no_control_block(self):
        self.check(3, "no control block", "info", target=f"{DIRECT}?ram=0x20000000+0x10000")

    def test_corrupted_control_block(self):
        with virtual_probe("array", base_environment=self.environment) as probe:
            block = b"SEGGER RTT".ljust(16, b"\0") + b"\2\0\0\0" * 2 + bytes(96)
            with open(os.path.join(self.folder, "block.bin"), "wb") as file:
                file.write(block)
            self.netctl("mem", "write", "0x20000100", "--input", "block.bin", target=DIRECT, env=probe.environment)
            result = self.netctl("info", target=f"{DIRECT}?rtt=0x20000100", env=probe.environment)
        self.assertEqual(result.code, 3, result)
        self.assertIn("is no good", result.err)

    def test_openocd_is_missing(self):
        for command in (("info",), ("flash", "--board", "stm32f4-rmii")):
            environment = dict(self.environment, NETCTL_OPENOCD="/nonexistent/openocd")
            result = self.netctl(*command, target=OPENOCD, env=environment)
            self.assertEqual(result.code, 3, result)
            self.assertIn("apt-get install openocd", result.err)

    def test_openocd_is_too_old(self):
        path = os.path.join(self.folder, "openocd")
        with open(path, "w", encoding="ascii") as file:
            file.write("#!/bin/sh\necho 'Open On-Chip Debugger 0.10.0' >&2\n")
        os.chmod(path, 0o755)
        result = self.netctl("info", target=OPENOCD, env=dict(self.environment, NETCTL_OPENOCD=path))
        self.assertEqual(result.code, 3, result)
        self.assertIn("0.10.0", result.err)

    def test_a_serial_port_has_no_memory(self):
        result = self.netctl("mem", "read", "0x20000000", target="qemu")
        self.assertEqual(result.code, 2, result)
        self.assertIn("-t probe:", result.err)


class OtherProbes(NetctlTest):
    """Probes with other packets, and another kind of USB interface."""

    def test_memory_by_each_of_them(self):
        data = random.Random(9).randbytes(3001)
        with open(os.path.join(self.folder, "data.bin"), "wb") as file:
            file.write(data)
        for options in (("--v1",), ("--packet-size", "64"), ("--packet-size", "512", "--tar-wrap", "1024"),
                        ("--packet-count", "1")):
            with self.subTest(options), virtual_probe("array", *options, base_environment=self.environment) as probe:
                for arguments in (("write", "0x20000001", "--input", "data.bin"),
                                  ("read", "0x20000001", len(data), "--output", "back.bin")):
                    result = self.netctl("mem", *arguments, "-w", "8", target=DIRECT, env=probe.environment)
                    self.assertEqual(result.code, 0, result)
                with open(os.path.join(self.folder, "back.bin"), "rb") as file:
                    self.assertEqual(file.read(), data)


class Flash(SwdTest):
    """Stock OpenOCD and its flash algorithm on a virtual STM32F407, with our image for it."""

    vprobe_target = "stm32f407"
    board = ("--board", "stm32f4-rmii")

    def test_flash_verify_run_and_answer(self):
        first = self.run_ok("flash", *self.board, "--json", target="").json
        self.assertTrue(first["verified"], first)
        self.assertEqual(first["agent"]["build_id"], first["build_id"])
        info = self.run_ok("info", "--json", target=DIRECT).json
        self.assertEqual((info["board"], info["build_id"]), ("stm32f4-rmii", first["build_id"]))
        again = self.run_ok("flash", *self.board, "--json", target="").json
        self.assertTrue(again["already_there"], again)

    def test_an_image_of_another_chip(self):
        self.check(7, "qemu-mps2-an386", "flash", FIRMWARE, *self.board, target="")

    def test_a_refusal_lets_the_firmware_run_on(self):
        with open(os.path.join(self.folder, "large.bin"), "wb") as file:
            file.write(bytes(2 << 20))
        self.check(7, "", "flash", "large.bin", "--address", "0x08000000", *self.board, target="")
        status = self.run_ok("mem", "read", "0xe000edf0", "4", target=DIRECT).out
        self.assertFalse(int(status.split()[1], 16) & 1 << 17, f"S_HALT of DHCSR: {status}")

    def test_erasing_everything_is_confirmed(self):
        self.check(2, "-f", "flash", *self.board, "--erase", target="")

    def test_the_wrong_chip(self):
        with virtual_probe("array", base_environment=self.environment) as probe:
            result = self.netctl("flash", *self.board, target="", env=probe.environment)
        self.assertIn(result.code, (3, 7), result)
        self.assertIn("hint:", result.err)


if __name__ == "__main__":
    need("openocd", "umockdev-run", QEMU)
    unittest.main()
