#!/usr/bin/env python3
# ctest-timeout: 240
"""The main job: a whole bring-up on the emulated board, as an ordinary user sees it."""

import os
import unittest
import xml.etree.ElementTree

from harness import NetctlTest

STEPS = ["channel", "agent", "MAC ID", "PHY ID", "MDIO bench", "link", "PHY loopback", "DHCP", "ARP probe", "ping", "DNS",
         "TCP send", "TCP receive", "HTTP fetch", "pools"]


class BringUp(NetctlTest):
    def test_every_step_passes(self):
        result = self.run_ok("bringup", "--json", "--junit", "report.xml", timeout=180)
        steps = result.json["steps"]
        self.assertEqual([step["name"] for step in steps], STEPS)
        self.assertEqual([step for step in steps if step["verdict"] != "pass"], [])
        fetch = steps[STEPS.index("HTTP fetch")]
        self.assertIn("equals the served one", fetch["figure"])
        self.check_junit(len(STEPS))

    def check_junit(self, count):
        root = xml.etree.ElementTree.parse(os.path.join(self.folder, "report.xml")).getroot()
        suite = root.find("testsuite")
        self.assertEqual((suite.get("tests"), suite.get("failures"), suite.get("errors")), (str(count), "0", "0"))
        self.assertEqual([case.get("name") for case in suite.iter("testcase")], STEPS)

    def test_a_threshold_that_is_missed_fails_with_advice(self):
        result = self.netctl("bringup", "--min-mbit", "100000", "--time", "200ms", timeout=180)
        self.assertEqual(result.code, 1, result)
        self.assertIn("FAIL", result.out)
        self.assertIn("below 100000 Mbit/s", result.out)
        self.assertIn("try: ", result.out)


if __name__ == "__main__":
    unittest.main(verbosity=2)
