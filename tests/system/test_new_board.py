#!/usr/bin/env python3
# ctest-timeout: 600
"""A board that scripts/new-board has just made builds, links and answers."""

import os
import shutil
import subprocess
import unittest

from harness import TOP, NetctlTest, need, virtual_probe

BOARD = "my-board"
# The virtual STM32F407, as it is after a reset.
ARGUMENTS = ("--code", "0x08000000:1M", "--ram", "0x20000000:128K", "--clock", "16000000")


class NewBoard(NetctlTest):
    def run_in(self, folder, *command, **options):
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=500, check=False, **options)

    def copy_of_the_tree(self):
        """Only what is written to is a copy."""
        copy = os.path.join(self.folder, self.id())
        os.mkdir(copy)
        for name in os.listdir(TOP):
            if name not in ("agent", "scripts", "build") and not name.startswith("."):
                os.symlink(os.path.join(TOP, name), os.path.join(copy, name))
        for name in ("agent", "scripts"):
            shutil.copytree(os.path.join(TOP, name), os.path.join(copy, name))
        return copy

    def test_builds_and_answers_by_the_probe(self):
        need("arm-none-eabi-g++", "cmake", "ninja")
        tree = self.copy_of_the_tree()
        made = self.run_in(tree, "scripts/new-board", BOARD, *ARGUMENTS)
        self.assertEqual(made.returncode, 0, made.stderr)
        built = self.run_in(tree, "scripts/build", BOARD)
        self.assertEqual(built.returncode, 0, built.stdout + built.stderr)
        image = os.path.join(tree, "build/firmware", BOARD, "agent.elf")
        with virtual_probe(f"stm32f407:{image}", base_environment=self.environment) as probe:
            result = self.netctl("info", "--json", target=f"probe:?elf={image}", env=probe.environment)
            self.assertEqual(result.code, 0, result)
            self.assertEqual(result.json["board"], BOARD)
            self.assertEqual(result.json["cpu_hz"], 16_000_000)

    def test_bad_arguments_are_named(self):
        tree = self.copy_of_the_tree()
        for arguments, text in (
            (("My Board", *ARGUMENTS), "small letters"),
            ((BOARD, "--code", "1M", *ARGUMENTS[2:]), "ADDRESS:SIZE"),
            ((BOARD, *ARGUMENTS[:-1], "1500"), "whole number of MHz"),
            (("sim", *ARGUMENTS), "exists already"),
        ):
            result = self.run_in(tree, "scripts/new-board", *arguments)
            self.assertNotEqual(result.returncode, 0)
            self.assertIn(text, result.stderr)
            self.assertFalse(os.path.exists(os.path.join(tree, "agent/boards", BOARD)))


if __name__ == "__main__":
    unittest.main(verbosity=2)
