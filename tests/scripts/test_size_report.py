"""size_report.py adds up a map file by folder."""

import json
import unittest

import tree

MAP = """\
Discarded input sections

 .text._Z4Deadv 0x00000000       0x99 stack/CMakeFiles/stack.dir/udp.cc.obj

Memory Configuration

Name             Origin             Length             Attributes
FLASH            0x00000000         0x00400000         xr
RAM              0x20000000         0x00400000         xrw
*default*        0x00000000         0xffffffff

Linker script and memory map

LOAD stack/CMakeFiles/stack.dir/udp.cc.obj

.text           0x00000000       0x80
 *(.text*)
 .text.Reset    0x00000000       0x10 agent/CMakeFiles/agent.elf.dir/cortex_m/vectors.cc.obj
                0x00000000                Reset
 .text._ZN5stack11ReceiveNameThatIsLong
                0x00000010       0x20 stack/CMakeFiles/stack.dir/tcp/receive.cc.obj
 .text._ZN5stack3UdpEv
                0x00000030       0x20 stack/CMakeFiles/stack.dir/udp.cc.obj
 *fill*         0x00000050       0x10
 .text.memcpy   0x00000060       0x20 /usr/lib/arm-none-eabi/lib/libc_nano.a(memcpy.o)

.data           0x20000000        0x8 load address 0x00000080
 .data._ZL1a    0x20000000        0x8 stack/CMakeFiles/stack.dir/udp.cc.obj

.bss            0x20000008      0x100 load address 0x00000088
 .bss.app       0x20000008      0x100 agent/CMakeFiles/agent.elf.dir/main.cc.obj

.debug_info     0x00000000     0x1000
 .debug_info    0x00000000     0x1000 stack/CMakeFiles/stack.dir/udp.cc.obj
"""


class SizeReport(tree.TreeTest):
    script = "size_report.py"

    def report(self, *arguments):
        self.write("agent.map", MAP)
        return self.run_script(f"{self.top}/agent.map", *arguments)

    def test_folders(self):
        code, output = self.report("--json")
        self.assertEqual(code, 0, output)
        report = json.loads(output)
        self.assertEqual(
            report["folders"],
            {
                "(padding)": {"flash": 0x10, "ram": 0},
                "agent": {"flash": 0, "ram": 0x100},
                "agent/cortex_m": {"flash": 0x10, "ram": 0},
                "libc_nano.a": {"flash": 0x20, "ram": 0},
                "stack": {"flash": 0x28, "ram": 8},
                "stack/tcp": {"flash": 0x20, "ram": 0},
            },
        )
        self.assertEqual(report["total"], {"flash": 0x88, "ram": 0x108})

    def test_table_has_a_total_per_top_folder(self):
        code, output = self.report()
        self.assertEqual(code, 0, output)
        rows = {tuple(line.split()) for line in output.splitlines()}
        self.assertIn(("stack", "72", "8"), rows)
        self.assertIn(("tcp", "32", "0"), rows)
        self.assertIn(("total", "136", "264"), rows)

    def test_not_a_map_file(self):
        self.write("empty.map", "nothing\n")
        code, _ = self.run_script(f"{self.top}/empty.map")
        self.assertNotEqual(code, 0)


if __name__ == "__main__":
    unittest.main()
