#!/usr/bin/env python3
"""The manual is in step with the commands, and so is the completion."""

import os
import re
import subprocess
import unittest

from harness import NetctlTest, need

MANUAL = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../host-cli/man/netctl.1")


class Manual(NetctlTest):
    target = ""

    def commands(self):
        """Every command that the program itself completes, subcommands as 'arp probe'."""
        names = []
        for line in self.netctl("__complete", "").out.splitlines():
            name = line.split("\t")[0]
            if not name.startswith("-"):
                names.append(name)
        return names

    def text(self):
        page = subprocess.run(["mandoc", "-Tutf8", MANUAL], capture_output=True, text=True, check=True).stdout
        return re.sub(r".\x08", "", page)

    def test_mandoc_has_nothing_to_say(self):
        lint = subprocess.run(["mandoc", "-Tlint", "-Wwarning", MANUAL], capture_output=True, text=True, check=False)
        self.assertEqual(lint.stdout, "")

    def test_every_command_is_described(self):
        text = self.text()
        commands = self.commands()
        self.assertIn("bringup", commands)
        for command in commands:
            self.assertRegex(text, rf"(?m)^\s+{re.escape(command)}\b", command)

    def test_every_described_command_exists(self):
        section = self.text().split("COMMANDS")[1].split("CHANNELS")[0]
        described = {match.group(1) for match in re.finditer(r"(?m)^ {5}([a-z]+)\b", section)}
        self.assertEqual(described - set(self.commands()), set())

    def test_completion_scripts_are_valid_shell(self):
        script = self.run_ok("completion", "bash").out
        subprocess.run(["bash", "-n"], input=script, text=True, check=True)


if __name__ == "__main__":
    need("mandoc")
    unittest.main(verbosity=2)
