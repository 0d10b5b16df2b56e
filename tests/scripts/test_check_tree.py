"""check_tree.py names each way a tree can be out of shape."""

import unittest

import tree


class CheckTree(tree.TreeTest):
    script = "check_tree.py"

    def assert_refused(self, name, content, expected):
        self.write(name, content)
        code, output = self.check()
        self.assertEqual(code, 1, output)
        self.assertIn(expected, output)

    def assert_accepted(self):
        code, output = self.check()
        self.assertEqual(code, 0, output)

    def test_a_good_tree(self):
        self.write("README.md", "line\n" * 300)
        self.write("stack/README.md", "line\n" * 80)
        self.write("stack/a.cc", "int a;\n" * 500)
        self.write("tests/fuzz/corpus/arp/a.txt", "line\n" * 600)
        self.write("host-cli/paths.cc", '// ~/.config, $HOME/netctl, "/run/user", https://a/home/x\n')
        self.assert_accepted()

    def test_stranger_at_the_top(self):
        self.assert_refused("docs/a.md", "", "docs: not a top-level name")

    def test_long_file(self):
        self.assert_refused("stack/a.cc", "int a;\n" * 501, "stack/a.cc: 501 lines, at most 500")

    def test_long_script_without_suffix(self):
        self.assert_refused("scripts/a", "#!/bin/sh\n" * 501, "scripts/a: 501 lines")

    def test_long_folder_readme(self):
        self.assert_refused("stack/README.md", "line\n" * 81, "stack/README.md: 81 lines")

    def test_notes_to_self(self):
        for word in ("TO" + "DO", "FIX" + "ME", "X" + "XX"):
            with self.subTest(word):
                self.assert_refused("stack/a.cc", f"int a;\n// {word}: later\n", "stack/a.cc:2: a note")

    def test_machine_paths(self):
        for path in ("/home/" + "me/netctl", "/root/" + "x", "/wo" + "rk/tree"):
            with self.subTest(path):
                self.assert_refused("scripts/a.sh", f"cd {path}\n", "scripts/a.sh:1: a path of one")


if __name__ == "__main__":
    unittest.main()
