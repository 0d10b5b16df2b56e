#!/usr/bin/env python3
# ctest-timeout: 240
"""Capture and injection, judged by tshark."""

import os
import signal
import struct
import subprocess
import time
import unittest

from harness import NetctlTest, need, stop, wait_for

GATEWAY = "10.0.2.2"
CHECKSUMS = [option for name in ("ip", "tcp", "udp") for option in ("-o", f"{name}.check_checksum:TRUE")]


def tshark(path, *arguments):
    return subprocess.run(["tshark", *CHECKSUMS, "-r", path, *arguments], check=True, capture_output=True,
                          text=True, timeout=60).stdout.splitlines()


def arp_request(sender_mac, sender_ip, target_ip):
    pack_ip = lambda text: bytes(map(int, text.split(".")))
    return (b"\xff" * 6 + sender_mac + struct.pack("!HHHBBH", 0x0806, 1, 0x0800, 6, 4, 1) + sender_mac +
            pack_ip(sender_ip) + bytes(6) + pack_ip(target_ip))


class Capture(NetctlTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.broker = cls("runTest").started()
        cls.broker.__enter__()
        cls.address = cls("runTest").run_ok("ip", "dhcp", "--json").json["settings"]["address"]

    @classmethod
    def tearDownClass(cls):
        cls.broker.__exit__(None, None, None)
        super().tearDownClass()

    def runTest(self):
        """Only so that the class can be made for its helpers."""

    def test_ctrl_c_ends_a_capture_that_sees_nothing(self):
        process, path = self.capture()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
        self.assertEqual(process.returncode, 130, err.decode())
        self.assertIn(b"frames captured", err)
        tshark(path)

    def capture(self, *arguments):
        """Starts a capture into a file; returns process and path once it runs."""
        path = os.path.join(self.folder, f"{time.monotonic_ns()}.pcapng")
        process = self.popen("capture", "-w", path, *arguments)
        wait_for(lambda: os.path.exists(path) and os.path.getsize(path) > 0, what="the capture file")
        time.sleep(0.3)
        return process, path

    def test_tshark_reads_the_stream_with_both_directions_and_good_checksums(self):
        read, write = os.pipe()
        capture = self.popen("capture", "-w", "-", "--count", "40", stdout=write)
        os.close(write)
        reader = subprocess.Popen(["tshark", *CHECKSUMS, "-r", "-", "-T", "fields", "-e", "frame.packet_flags_direction",
                                   "-e", "ip.checksum.status", "-e", "_ws.malformed"], stdin=read, stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL, text=True)
        os.close(read)
        ping = self.popen("ping", GATEWAY, "-i", "0.05", "-c", "100", stdout=subprocess.DEVNULL)
        try:
            lines = reader.communicate(timeout=60)[0].splitlines()
        finally:
            stop(ping)
            stop(capture)
            stop(reader)
        self.assertEqual(len(lines), 40)
        fields = [line.split("\t") for line in lines]
        directions = {field[0] for field in fields}
        self.assertEqual(len(directions), 2, directions)
        self.assertEqual({field[1] for field in fields} - {""}, {"1"})  # 1: good
        self.assertEqual({field[2] for field in fields}, {""})

    def test_an_injected_arp_request_is_answered(self):
        # The board may ask on its own meanwhile.
        capture, path = self.capture("--duration", "2s")
        station = bytes.fromhex("020000000042")
        frame = arp_request(station, "10.0.2.42", self.address)
        self.run_ok("inject", "rx", frame.hex())
        self.assertEqual(capture.wait(timeout=20), 0)
        stop(capture)
        lines = tshark(path, "-Y", "eth.addr == 02:00:00:00:00:42", "-T", "fields", "-e", "arp.opcode",
                       "-e", "arp.src.proto_ipv4", "-e", "eth.dst")
        self.assertEqual(lines, [f"1\t10.0.2.42\tff:ff:ff:ff:ff:ff", f"2\t{self.address}\t02:00:00:00:00:42"])

    def test_an_injected_frame_leaves_on_the_wire(self):
        capture, path = self.capture("--duration", "2s")
        self.run_ok("inject", "tx", ("ffffffffffff" "02000000aaaa" "88b5" + "5a" * 50))
        self.assertEqual(capture.wait(timeout=20), 0)
        stop(capture)
        lines = tshark(path, "-Y", "eth.type == 0x88b5", "-T", "fields", "-e", "eth.type", "-e", "eth.src")
        self.assertEqual(lines, ["0x88b5\t02:00:00:00:aa:aa"])

    def test_a_capture_file_can_be_injected(self):
        capture, path = self.capture("--count", "1")
        self.run_ok("inject", "rx", arp_request(bytes.fromhex("020000000043"), "10.0.2.43", self.address).hex())
        capture.wait(timeout=20)
        stop(capture)
        self.assertEqual(self.run_ok("inject", "rx", path, "--json").json["injected"], 1)

    def test_random_frames_leave_the_pools_at_baseline_and_the_board_alive(self):
        in_use = lambda: [pool["in_use"] for pool in self.run_ok("pbuf", "--json").json["pools"]]
        before = in_use()
        result = self.run_ok("inject", "rx", "--random", "10000", "--seed", "1", "--json", timeout=120).json
        self.assertEqual(result["injected"] + result["refused"], 10000)
        self.assertGreater(result["injected"], 9000)
        wait_for(lambda: in_use() <= before, seconds=45, what="the pools' baseline")
        self.run_ok("ping", GATEWAY, "-c", "2", "-i", "0.2")

    def test_hostile_files_are_refused_with_a_reason(self):
        cases = {
            "garbage": os.urandom(1000),
            "empty": b"",
            "cut": bytes.fromhex("0a0d0d0a1c0000004d3c2b1a010000"),
            "huge": struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1) + struct.pack("<IIII", 0, 0, 0x7FFFFFFF, 0x7FFFFFFF),
            "wifi": struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 105),
        }
        for name, data in cases.items():
            path = os.path.join(self.folder, name)
            with open(path, "wb") as file:
                file.write(data)
            result = self.netctl("inject", "rx", path)
            self.assertEqual(result.code, 2, (name, result))
            self.assertIn(name, result.err)


if __name__ == "__main__":
    need("tshark")
    unittest.main(verbosity=2)
