#!/usr/bin/env python3
# ctest-timeout: 300
"""HTTP and TCP throughput through the emulated board, checked by hash and by both ends' counts."""

import os
import unittest

from harness import NetctlTest, free_port, http_server, random_bytes, sha256, tcp_server

GATEWAY = "10.0.2.2"
MEBI = 1024 * 1024


class Http(NetctlTest):
    def test_16_mib_arrive_with_equal_hash(self):
        body = random_bytes(16 * MEBI, seed=1)
        with http_server({"/big.bin": body}) as port:
            result = self.run_ok("http", "get", f"http://{GATEWAY}:{port}/big.bin", "--json", timeout=180).json
        self.assertEqual((result["http_code"], result["size_download"]), (200, len(body)))
        self.assertEqual(result["sha256"], sha256(body))
        self.assertGreater(result["time_total"], result["time_connect"])

    def test_the_body_travels_through_the_channel_on_demand(self):
        body = random_bytes(MEBI, seed=2)
        with http_server({"/file": body}) as port:
            self.run_ok("http", "get", f"http://{GATEWAY}:{port}/file", "-o", "out.bin", timeout=180)
        with open(os.path.join(self.folder, "out.bin"), "rb") as file:
            self.assertEqual(sha256(file.read()), sha256(body))

    def test_status_codes_are_results_unless_fail_is_asked_for(self):
        with http_server({}) as port:
            url = f"http://{GATEWAY}:{port}/none"
            self.assertEqual(self.run_ok("http", "get", url, "--json").json["http_code"], 404)
            self.assertEqual(self.netctl("http", "get", url, "--fail").code, 1)

    def test_a_server_that_closes_early_is_named(self):
        def short(connection):
            connection.recv(4096)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this")

        with tcp_server(short) as port:
            result = self.netctl("http", "get", f"http://{GATEWAY}:{port}/")
        self.assertEqual(result.code, 1, result)
        self.assertIn("incomplete", result.err)

    def test_a_refused_connection_is_named(self):
        result = self.netctl("http", "get", f"http://{GATEWAY}:{free_port()}/")
        self.assertEqual(result.code, 1, result)
        self.assertRegex(result.err, "refused|reset")

    def test_a_file_that_cannot_be_written_is_said_before_anything_is_sent(self):
        result = self.netctl("http", "get", f"http://{GATEWAY}/", "-o", "/nonexistent/file")
        self.assertEqual(result.code, 2, result)
        self.assertIn("/nonexistent/file", result.err)


class Perf(NetctlTest):
    def check(self, direction, flows):
        events = self.run_ok("perf", "tcp", "-d", direction, "-T", "2", "-i", "0.5", "--json", timeout=120).events
        sums = {data["sender"]: data for event, data in events if event == "sum"}
        self.assertEqual(set(sums), flows)
        for sender, total in sums.items():
            intervals = [data for event, data in events if event == "interval" and data["sender"] == sender]
            self.assertGreater(total["bytes"], 0)
            self.assertEqual(sum(interval["bytes"] for interval in intervals), total["bytes"])
            self.assertEqual(sum(interval["retransmits"] for interval in intervals), total["retransmits"])
        end = dict(events)["end"]
        self.assertEqual(end.pop("exit_code"), 0)
        self.assertEqual(len(end), len(flows))
        for flow in end.values():
            self.assertEqual(flow["board"]["bytes"], flow["host"]["bytes"])

    def test_send(self):
        self.check("send", {True})

    def test_receive(self):
        self.check("receive", {False})

    def test_both_at_once(self):
        self.check("both", {True, False})

    def test_a_threshold_decides_the_exit_code(self):
        result = self.netctl("perf", "tcp", "-T", "500ms", "--min-mbit", "100000")
        self.assertEqual(result.code, 1, result)
        self.assertIn("below", result.err)


if __name__ == "__main__":
    unittest.main(verbosity=2)
