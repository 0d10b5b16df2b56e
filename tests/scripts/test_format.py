"""scripts/format refuses a file that clang-format would change, and --fix mends it."""

import os
import subprocess
import unittest

import tree


class Format(tree.TreeTest):
    def run_format(self, *arguments):
        command = [os.path.join(tree.SCRIPTS, "format"), *arguments]
        return subprocess.run(command, capture_output=True, text=True)

    def test_refuses_and_mends(self):
        with open(os.path.join(tree.SCRIPTS, "..", ".clang-format"), encoding="utf-8") as file:
            self.write(".clang-format", file.read())
        self.write("a.cc", "int  F( ) {return 1;}\n")
        path = os.path.join(self.top, "a.cc")
        refused = self.run_format(path)
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("a.cc:1", refused.stderr)
        self.assertEqual(self.run_format("--fix", path).returncode, 0)
        with open(path, encoding="utf-8") as file:
            self.assertEqual(file.read(), "int F() { return 1; }\n")
        self.assertEqual(self.run_format(path).returncode, 0)


if __name__ == "__main__":
    unittest.main()
