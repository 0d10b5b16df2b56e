#!/usr/bin/env python3
# ctest-timeout: 240
"""Commands on the emulated board: ping, link, addresses, PHY, counters."""

import json
import re
import unittest

from harness import NetctlTest, monitor, stop, wait_for

GATEWAY = "10.0.2.2"


class OwnBoard(NetctlTest):
    """Each command boots a board of its own and ends it."""

    def test_ping_speaks_as_iputils_does(self):
        result = self.run_ok("ping", GATEWAY, "-c", "5", "-i", "0.2")
        lines = result.out.splitlines()
        self.assertEqual(lines[0], f"PING {GATEWAY} ({GATEWAY}) 56(84) bytes of data.")
        for number, line in enumerate(lines[1:6], start=1):
            self.assertRegex(line, rf"^64 bytes from {re.escape(GATEWAY)}: icmp_seq={number} ttl=\d+ time=[\d.]+ ms$")
        self.assertEqual(lines[6:8], ["", f"--- {GATEWAY} ping statistics ---"])
        self.assertRegex(lines[8], r"^5 packets transmitted, 5 received, 0% packet loss, time \d+ms$")
        self.assertRegex(lines[9], r"^rtt min/avg/max/mdev = ([\d.]+/){3}[\d.]+ ms$")

    def test_a_quiet_ping_says_only_the_statistics(self):
        out = self.run_ok("-q", "ping", GATEWAY, "-c", "2", "-i", "0.2").out
        self.assertNotIn("icmp_seq", out)
        self.assertIn("2 packets transmitted, 2 received", out)

    def test_ping_of_a_host_that_is_not_there_fails(self):
        result = self.netctl("ping", "10.0.2.99", "-c", "2", "-i", "0.2")
        self.assertEqual(result.code, 1, result)
        self.assertIn("2 packets transmitted, 0 received", result.out)
        self.assertIn("100% packet loss", result.out)

    def test_info_names_board_and_chip(self):
        info = self.run_ok("info", "--json").json
        self.assertEqual(info["board"], "qemu-mps2-an386")
        self.assertEqual(info["interfaces"][0]["driver"], "LAN9118")
        self.assertEqual(info["interfaces"][0]["phy_id"], 0x0007C0D1)


class StartedBoard(NetctlTest):
    """One board that stays up between commands."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.broker = cls("runTest").started()
        cls.entry = cls.broker.__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.broker.__exit__(None, None, None)
        super().tearDownClass()

    def runTest(self):
        """Only so that the class can be made for its helpers."""

    def counters(self, pattern):
        return self.run_ok("stats", pattern, "--all", "--json").json["counters"]

    def test_a_ping_counts_as_many_echoes_as_it_sends(self):
        self.run_ok("ping", GATEWAY, "-c", "1")
        before = self.counters("icmp")
        self.run_ok("ping", GATEWAY, "-c", "5", "-i", "0.1")
        after = self.counters("icmp")
        changed = {name: after[name] - before[name] for name in after if after[name] != before[name]}
        self.assertEqual(changed, {"icmp.tx_echo_requests": 5, "icmp.rx_echo_replies": 5})

    def test_ping_sweep_with_fragments_comes_back_whole(self):
        events = self.run_ok("ping", GATEWAY, "--sweep", "1400", "3200", "300", "-i", "0.05", "--json").events
        replies = [data for event, data in events if event == "reply"]
        self.assertEqual([reply["size"] for reply in replies], [1400, 1700, 2000, 2300, 2600, 2900, 3200])
        self.assertTrue(all(reply["outcome"] == "reply" and reply["first_bad_offset"] == 65535 for reply in replies))

    def test_link_watch_sees_the_cable_and_dhcp_starts_again(self):
        self.run_ok("ip", "dhcp")
        discovers = self.counters("dhcp.tx_*")
        watch = self.popen("link", "watch", "--count", "2", "--json", "--timeout", "60s")
        try:
            self.assertEqual(json.loads(watch.stdout.readline())["event"], "start")
            self.assertEqual(json.loads(watch.stdout.readline())["event"], "state")
            monitor(self.entry["monitor"], "set_link lan9118.0 off")
            down = json.loads(watch.stdout.readline())
            self.assertEqual((down["event"], down["data"]["link"]["state"]), ("change", "down"))
            monitor(self.entry["monitor"], "set_link lan9118.0 on")
            up = json.loads(watch.stdout.readline())
            self.assertEqual((up["event"], up["data"]["link"]["state"]), ("change", "up"))
            self.assertEqual(watch.wait(timeout=20), 0)
        finally:
            stop(watch)
        wait_for(lambda: sum(self.counters("dhcp.tx_*").values()) > sum(discovers.values()), what="another DHCP exchange")
        wait_for(lambda: self.run_ok("ip", "show", "--json").json["dhcp"] == "bound", what="a lease")
        self.run_ok("ping", GATEWAY, "-c", "1")

    def test_phy_is_found_and_decoded(self):
        scan = self.run_ok("phy", "scan", "--json").json
        # QEMU's LAN9118 does not look at the address.
        self.assertIn(scan["used"], [phy["phy"] for phy in scan["phys"]])
        status = self.run_ok("phy", "read", "bmsr", "--json").json
        self.assertEqual((status["name"], status["fields"]["link_status"]), ("BMSR", 1))
        self.assertIn("BMCR", self.run_ok("phy", "show").out)
        bench = self.run_ok("phy", "bench", "--reads", "200", "--json").json
        self.assertEqual((bench["reads"], bench["deviations"], bench["failures"]), (200, 0, 0))

    def test_phy_write_is_read_back(self):
        before = self.run_ok("phy", "read", "anar", "--json").json["value"]
        try:
            written = self.run_ok("phy", "write", "anar", before & ~0x0100, "--json").json
            self.assertEqual(written["read_back"], before & ~0x0100)
        finally:
            self.run_ok("phy", "write", "anar", before)

    def test_loopbacks_and_wire_return_every_frame(self):
        paths = self.run_ok("link", "test", "--frames", "2", "--json").json["paths"]
        ran = [path for path in paths if path["verdict"] != "skipped"]
        self.assertIn("phy_loopback", [path["path"] for path in ran])
        self.assertIn("wire", [path["path"] for path in ran])
        for path in ran:
            self.assertEqual((path["verdict"], path["corrupted"]), ("pass", 0), path)
            self.assertEqual(path["sent"], path["received"])

    def test_arp_probe_table_and_flush(self):
        probe = self.run_ok("arp", "probe", GATEWAY, "-c", "2", "-i", "0.1")
        self.assertRegex(probe.out, r"Unicast reply from 10\.0\.2\.2 \[[0-9a-f:]{17}\]  [\d.]+ms")
        self.assertIn("Received 2 response(s)", probe.out)
        self.run_ok("ping", GATEWAY, "-c", "1")
        table = self.run_ok("arp", "table", "--json").json["entries"]
        self.assertIn(GATEWAY, [entry["address"] for entry in table])
        self.run_ok("arp", "flush")
        self.assertEqual(self.run_ok("arp", "table", "--json").json["entries"], [])
        self.assertEqual(self.netctl("arp", "probe", "10.0.2.99", "-c", "1", "-w", "300ms").code, 1)
        self.assertEqual(self.netctl("arp", "probe", GATEWAY, "--dad", "-i", "0.1", "-w", "300ms").code, 1)

    def test_arp_scan_finds_the_gateway(self):
        hosts = self.run_ok("arp", "scan", "10.0.2.0/28", "--json").json["hosts"]
        self.assertIn(GATEWAY, [host["address"] for host in hosts])

    def test_dhcp_shows_each_exchange(self):
        lease = self.run_ok("dhcp", "--json").json
        self.assertEqual([step["message"] for step in lease["exchanges"]][:4], ["discover", "offer", "request", "ack"])
        self.assertEqual((lease["address"], lease["gateway"]), ("10.0.2.15", GATEWAY))

    def test_static_address_and_back(self):
        self.run_ok("ip", "set", "10.0.2.77/24", "--gateway", GATEWAY)
        try:
            self.assertEqual(self.run_ok("ip", "show", "--json").json["settings"]["address"], "10.0.2.77")
            self.run_ok("ping", GATEWAY, "-c", "1")
        finally:
            self.run_ok("ip", "dhcp")
        self.assertEqual(self.netctl("ip", "set", "10.0.2.77").code, 2)

    def test_two_commands_at_once_on_one_board(self):
        ping = self.popen("ping", GATEWAY, "-c", "8", "-i", "0.2", "--json")
        for _ in range(4):
            self.run_ok("stats", "tcp", "--json")
        out, err = ping.communicate(timeout=30)
        self.assertEqual(ping.returncode, 0, err)
        self.assertEqual(out.decode().count('"event":"reply"'), 8)

    def test_connections_list_the_services(self):
        ports = {tcp["local"].rsplit(":", 1)[1] for tcp in self.run_ok("conn", "--json").json["tcp"]}
        self.assertLessEqual({"7", "9", "19", "80"} & {"9", "19", "80"}, ports)


if __name__ == "__main__":
    unittest.main(verbosity=2)
