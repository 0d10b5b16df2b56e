"""mutation_points.py finds every condition, and what it makes of the text still means the same."""

import unittest

import tree  # the path to scripts/

import mutation_points


class Spans(unittest.TestCase):
    def conditions(self, text):
        return [text[begin:end] for begin, end, _ in mutation_points.spans(text)]

    def test_operands_of_and_and_or(self):
        self.assertEqual(self.conditions("void F() { if (a && (b || !(c == d))) { G(); } }"), ["a", "b", "c == d"])

    def test_loops(self):
        self.assertEqual(self.conditions("for (int i = 0; i < n && i < m; ++i) {}"), ["i < n", "i < m"])
        self.assertEqual(self.conditions("for (int x : list) {} for (;;) {}"), [])
        self.assertEqual(self.conditions("while (Next()) {} do {} while (more);"), ["Next()", "more"])

    def test_what_a_condition_declares(self):
        self.assertEqual(mutation_points.spans("if (const auto x = F()) {}"), [(4, 22, "x")])
        self.assertEqual(self.conditions("if (const auto x = F(); !x) {}"), ["!x"])

    def test_truth_values(self):
        self.assertEqual(self.conditions("return a == b;"), ["a == b"])
        self.assertEqual(self.conditions("return a && F(b == c);"), ["a", "F(b == c)"])
        self.assertEqual(self.conditions("return Max<int>(a, b);"), [])
        self.assertEqual(self.conditions("const bool x = a < b || c;"), ["a < b", "c"])
        self.assertEqual(self.conditions("int x = a + b; x <<= 2; x >>= 1;"), [])

    def test_choices(self):
        self.assertEqual(self.conditions("return a == 1 ? b : c;"), ["a == 1"])
        self.assertEqual(self.conditions("x += a ? 1 : b::kTwo ? 2 : 3;"), ["a", "b::kTwo"])
        self.assertEqual(self.conditions("G(a, b != c && d ? 1 : 2);"), ["b != c", "d"])
        self.assertEqual(self.conditions("if (a) {\n}\nb ? F() : G();"), ["a", "b"])

    def test_what_stays(self):
        for text in ("if constexpr (a == b) {}", "static_assert(a ? b : c);", "while (true) {}", "// if (a) {}\n",
                     'F("if (a)");', "#if defined(A) && B\n#endif\n"):
            with self.subTest(text):
                self.assertEqual(self.conditions(text), [])

    def test_lambda_in_a_condition(self):
        text = "if (std::ranges::any_of(list, [](int x) { return x > 0; })) {}"
        self.assertEqual(len(self.conditions(text)), 2)


class Instrument(unittest.TestCase):
    def test_nested_conditions_nest(self):
        text, points = mutation_points.instrument("if (F(a ? 1 : 2)) {}", 7)
        self.assertEqual(
            text,
            "if (::mutation::Condition(7, static_cast<bool>(F(::mutation::Condition(8, static_cast<bool>(a)) ? 1 : 2)))) {}",
        )
        self.assertEqual(points, [(1, "F(a ? 1 : 2)"), (1, "a")])

    def test_a_declared_variable_keeps_its_declaration(self):
        text, _ = mutation_points.instrument("\nif (auto* p = Find()) {}", 0)
        self.assertEqual(text, "\nif (auto* p = Find(); ::mutation::Condition(0, static_cast<bool>(p))) {}")

    def test_lines_are_counted(self):
        _, points = mutation_points.instrument("\n\nif (a &&\n    b) {}", 0)
        self.assertEqual(points, [(3, "a"), (4, "b")])


if __name__ == "__main__":
    unittest.main()
