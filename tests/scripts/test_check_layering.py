"""check_layering.py accepts every row of the table and names each way to break it."""

import unittest

import tree


class CheckLayering(tree.TreeTest):
    script = "check_layering.py"

    def setUp(self):
        super().setUp()
        for header in (
            "stack/base/bytes.h",
            "stack/wire/udp.h",
            "stack/device/ethernet_driver.h",
            "stack/stats.h",
            "stack/stack.h",
            "drivers/phy/phy.h",
            "protocol/frame.h",
            "agent/control.h",
            "host-cli/client.h",
            "tests/support/cable.h",
        ):
            self.write(header, "#pragma once\n")

    def include(self, name, *headers):
        self.write(name, "".join(f"#include {header}\n" for header in headers))

    def assert_refused(self, name, header):
        self.include(name, header)
        code, output = self.check()
        self.assertEqual(code, 1, output)
        self.assertIn(f"{name}:1: {header[1:-1]}:", output)

    def test_what_the_table_allows(self):
        self.include("stack/wire/arp.h", '"stack/base/bytes.h"', '"stack/wire/udp.h"')
        self.include("stack/udp.cc", '"stack/wire/udp.h"', '"stack/device/ethernet_driver.h"')
        self.include("drivers/lan9118/lan9118.cc", '"stack/device/ethernet_driver.h"', "<array>")
        self.include("protocol/stats.h", '"stack/stats.h"', '"stack/base/bytes.h"')
        self.include("agent/app.h", '"stack/stack.h"', '"drivers/phy/phy.h"', '"build_info.h"')
        self.include("agent/boards/sim/tap.cc", "<string>")
        self.include("host-cli/pcap.cc", '"stack/wire/udp.h"', '"stack/stats.h"', "<vector>")
        self.include("tests/a/a_test.cc", '"host-cli/client.h"', '"stack/stack.h"', '"gtest/gtest.h"')
        code, output = self.check()
        self.assertEqual(code, 0, output)

    def test_base_includes_nothing_of_ours(self):
        self.assert_refused("stack/base/a.h", '"stack/wire/udp.h"')

    def test_wire_knows_no_sockets(self):
        self.assert_refused("stack/wire/a.h", '"stack/stack.h"')

    def test_device_knows_base_only(self):
        self.assert_refused("stack/device/a.h", '"stack/stats.h"')

    def test_stack_knows_no_driver(self):
        self.assert_refused("stack/a.cc", '"drivers/phy/phy.h"')

    def test_driver_knows_no_stack(self):
        self.assert_refused("drivers/a.cc", '"stack/stack.h"')

    def test_protocol_knows_no_wire_headers(self):
        self.assert_refused("protocol/a.cc", '"stack/wire/udp.h"')

    def test_agent_knows_no_host(self):
        self.assert_refused("agent/a.cc", '"host-cli/client.h"')

    def test_host_knows_no_agent(self):
        self.assert_refused("host-cli/a.cc", '"agent/control.h"')

    def test_host_knows_no_sockets_of_the_stack(self):
        self.assert_refused("host-cli/a.cc", '"stack/stack.h"')

    def test_product_knows_no_tests(self):
        self.assert_refused("agent/a.cc", '"tests/support/cable.h"')

    def test_stats_stay_plain(self):
        self.assert_refused("stack/stats.h", '"stack/stack.h"')

    def test_no_heap_below_the_host(self):
        self.assert_refused("stack/a.cc", "<vector>")

    def test_path_counts_from_the_root(self):
        self.assert_refused("stack/wire/a.h", '"udp.h"')


if __name__ == "__main__":
    unittest.main()
