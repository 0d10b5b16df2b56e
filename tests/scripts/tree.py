"""A throw-away source tree for the tests of the checks, and how to run a script on it."""

import os
import subprocess
import sys
import tempfile
import unittest

SCRIPTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "scripts")
sys.path.insert(0, SCRIPTS)
sys.dont_write_bytecode = True


class TreeTest(unittest.TestCase):
    script = ""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = folder.name

    def write(self, name, content):
        path = os.path.join(self.top, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(content)

    def run_script(self, *arguments):
        """Exit code and output of the script under test."""
        command = [sys.executable, "-B", os.path.join(SCRIPTS, self.script), *arguments]
        answer = subprocess.run(command, capture_output=True, text=True)
        return answer.returncode, answer.stdout + answer.stderr

    def check(self):
        return self.run_script(self.top)
