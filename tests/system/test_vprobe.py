#!/usr/bin/env python3
"""The virtual probe against unmodified OpenOCD: what a debugger does with a target, and what goes wrong."""

import json
import os
import signal
import socket
import subprocess
import tempfile
import unittest

from harness import FIRMWARE, QEMU, VPROBE, alive, ask, need, stop, wait_for

RAM = 0x20000000
PSRAM = 0x21000000
NOWHERE = 0x70000000
CONFIGURATION = """
adapter driver cmsis-dap
cmsis_dap_backend usb_bulk
transport select swd
adapter speed 4000
swd newdap chip cpu -expected-id 0x2ba01477
dap create chip.dap -chain-position chip.cpu
target create chip.cpu cortex_m -dap chip.dap
gdb_port disabled
tcl_port disabled
telnet_port disabled
"""


class VprobeTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="vprobe-test-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = folder.name
        # Whatever vprobe makes has to be gone afterwards.
        cls.scratch = os.path.join(cls.folder, "scratch")
        os.mkdir(cls.scratch)
        cls.environment = dict(os.environ, TMPDIR=cls.scratch)
        cls.configuration = os.path.join(cls.folder, "target.cfg")
        with open(cls.configuration, "w", encoding="ascii") as file:
            file.write(CONFIGURATION)

    def tearDown(self):
        self.assertEqual(os.listdir(self.scratch), [])

    def command(self, *arguments, target="array", script=""):
        return [VPROBE, *arguments, target, "--", "openocd", "-f", self.configuration, "-c", script]

    def openocd(self, script, *arguments, target="array"):
        """(exit status, log) of OpenOCD with the probe."""
        run = subprocess.run(self.command(*arguments, target=target, script=script + "; shutdown"), text=True,
                             env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, timeout=60, check=False)
        return run.returncode, run.stdout

    def openocd_ok(self, script, *arguments, target="array"):
        status, log = self.openocd(script, *arguments, target=target)
        self.assertEqual(status, 0, log)
        return log

    def run_shell(self, script, *arguments):
        run = subprocess.run([VPROBE, *arguments, "array", "--", "sh", "-c", script], text=True, env=self.environment,
                             stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
        return run.returncode, run.stdout


class Debugger(VprobeTest):
    def test_finds_the_core(self):
        log = self.openocd_ok("init; echo [dap info]")
        self.assertIn("SWD DPIDR 0x2ba01477", log)
        self.assertIn("Cortex-M4 r0p1 processor detected", log)
        self.assertIn("target has 6 breakpoints, 4 watchpoints", log)
        self.assertIn("Cortex-M3 SCS (System Control Space)", log)

    def test_memory(self):
        for size in (64, 512, 1024):
            data = os.path.join(self.folder, "data")
            copy = os.path.join(self.folder, "copy")
            with open(data, "wb") as file:
                file.write(os.urandom(9001))
            self.openocd_ok(f"init; load_image {data} {RAM + 1} bin; dump_image {copy} {RAM + 1} 9001",
                            "--packet-size", str(size))
            with open(data, "rb") as written, open(copy, "rb") as read:
                self.assertEqual(written.read(), read.read(), size)

    def test_goes_on_after_a_fault(self):
        log = self.openocd_ok(f"init; echo fault=[catch {{mdw {NOWHERE}}}]; echo fault=[catch {{mww {NOWHERE} 1}}]; "
                              f"mww {RAM} 0x600df00d; echo [mdw {RAM}]")
        self.assertNotIn("fault=0", log)
        self.assertIn("0x20000000: 600df00d", log)

    def test_halt_registers_resume(self):
        log = self.openocd_ok("init; halt; echo 1=[chip.cpu curstate]; reg r3 0x1234; resume; "
                              "echo 2=[chip.cpu curstate]; halt; echo [reg r3]; "
                              "reset halt; echo 3=[chip.cpu curstate]; echo [reg r3]; reset run; sleep 10; "
                              "echo 4=[chip.cpu curstate]")
        for line in ("1=halted", "2=running", "r3 (/32): 0x00001234", "3=halted", "r3 (/32): 0x00000000", "4=running"):
            self.assertIn(line, log)

    def test_wait_does_no_harm(self):
        script = f"init; for {{set i 0}} {{$i < 50}} {{incr i}} {{mww {RAM} $i}}; echo [mdw {RAM}]"
        self.assertIn("0x20000000: 00000031", self.openocd_ok(script, "--fault", "wait:10", "--seed", "3"))

    def test_locked(self):
        status, log = self.openocd(f"init; mdw {RAM}", "--locked")
        self.assertIn("SWD DPIDR 0x2ba01477", log)
        self.assertIn("Could not find MEM-AP to control the core", log)
        self.assertEqual(status, 1, log)

    def test_other_serial_number(self):
        self.openocd_ok("adapter serial B; init", "--probes", "2", "--serial", "B")
        status, log = self.openocd("adapter serial B-2; init", "--probes", "2", "--serial", "B")
        self.assertIn("serial=B-2", log)
        self.assertNotIn("SWD DPIDR", log)  # it has no target
        self.assertNotEqual(status, 0)
        status, log = self.openocd("adapter serial C; init", "--serial", "B")
        self.assertIn("unable to find a matching CMSIS-DAP device", log)
        self.assertNotEqual(status, 0)

    def test_not_to_be_had(self):
        for option in ("--no-permission", "--busy"):
            status, log = self.openocd("init", option)
            self.assertNotEqual(status, 0, log)
            self.assertNotIn("SWD DPIDR", log)

    @unittest.skipUnless(os.path.exists(FIRMWARE), "no firmware")
    def test_memory_of_a_running_guest(self):
        last = PSRAM + (16 << 20) - 4
        log = self.openocd_ok(f"init; mww {last} 0x1badb002; echo [mdw {last}]; echo below=[catch {{mdw 0}}]; "
                              "reset halt; echo [reg pc]; resume; sleep 50; halt; echo [reg pc]", target=f"qemu:{FIRMWARE}")
        self.assertIn("0x21fffffc: 1badb002", log)
        self.assertNotIn("below=0", log)
        at_reset, later = [line for line in log.splitlines() if line.startswith("pc (/32)")]
        self.assertNotEqual(at_reset, later)


class Unplugging(VprobeTest):
    def setUp(self):
        self.path = os.path.join(self.folder, "control")
        self.log = os.path.join(self.folder, "log")

    def control(self, command):
        return ask(self.path, command)

    def start(self, script):
        with open(self.log, "wb") as log:
            process = subprocess.Popen(self.command("--control", self.path, script=script), env=self.environment,
                                       stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        self.addCleanup(stop, process)
        wait_for(lambda: "started" in self.logged(), what="OpenOCD")
        return process

    def logged(self):
        with open(self.log, encoding="utf-8") as file:
            return file.read()

    def test_while_it_is_used(self):
        process = self.start(f"init; echo started; while {{[catch {{mdw {RAM}}}] == 0}} {{}}; echo over; shutdown")
        self.assertEqual(self.control("unplug"), "ok")
        wait_for(lambda: process.poll() is not None, what="the end of OpenOCD")
        self.assertIn("No such device", self.logged())

    def test_commands(self):
        process = self.start("init; echo started")
        before = json.loads(self.control("counters"))
        self.assertEqual((before["waits"], before["no_answers"], before["resets"]), (0, 0, 0))
        self.assertGreater(before["transfers"], 50)
        self.assertEqual(self.control("reset"), "ok")
        self.assertEqual(json.loads(self.control("counters"))["resets"], 1)
        for command, answer in (("fault wait 5", "ok"), ("clear", "ok"), ("fault nonsense", "error"), ("", "error")):
            self.assertTrue(self.control(command).startswith(answer), command)
        stop(process)

    def test_comes_back(self):
        lines = ["vendor() { cat /sys/bus/usb/devices/1-1/idVendor 2>&1; }",
                 "say() { echo \"$1\" | python3 -c 'import os, socket, sys; s = socket.socket(socket.AF_UNIX); "
                 "s.connect(os.environ[\"VPROBE_CONTROL\"]); s.sendall(sys.stdin.read().encode()); print(s.recv(99))'; }",
                 "vendor; say unplug; vendor; say plug; vendor"]
        status, out = self.run_shell("\n".join(lines), "--control", self.path)
        self.assertEqual(status, 0)
        self.assertEqual([line[-25:] for line in out.splitlines()],
                         ["0d28", "b'ok\\n'", "No such file or directory", "b'ok\\n'", "0d28"])


class Command(VprobeTest):
    def test_status_is_the_commands(self):
        self.assertEqual(self.run_shell("exit 7")[0], 7)
        self.assertEqual(self.run_shell("kill -9 $$")[0], 137)
        self.assertEqual(self.run_shell("exit 0", "--no-such-option")[0], 125)

    def test_signals_reach_it(self):
        process = subprocess.Popen([VPROBE, "array", "--", "sh", "-c", "trap 'exit 9' TERM; echo ready; while :; do sleep 0.1; done"],
                                   env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        self.addCleanup(stop, process)
        self.assertEqual(process.stdout.readline(), b"ready\n")
        process.terminate()
        self.assertEqual(process.wait(timeout=20), 9)

    def test_does_not_outlive_it(self):
        process = subprocess.Popen([VPROBE, "array", "--", "sh", "-c", "echo $$; exec sleep 60"], env=self.environment,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        self.addCleanup(stop, process)
        child = int(process.stdout.readline())
        process.send_signal(signal.SIGKILL)
        wait_for(lambda: not alive(child), what="the end of the command")
        # Nobody was left to tidy up.
        process.wait(timeout=10)
        subprocess.run(["rm", "-r", *(os.path.join(self.scratch, name) for name in os.listdir(self.scratch))], check=True)


if __name__ == "__main__":
    need("openocd", "umockdev-run", QEMU)
    unittest.main(verbosity=2)
