"""check_functions.py measures what is a function, and only that."""

import unittest

import tree

import check_functions


def body(lines):
    return "".join(f"  Step({n});\n" for n in range(lines))


class CheckFunctions(tree.TreeTest):
    script = "check_functions.py"

    def test_sixty_lines_pass(self):
        self.write("stack/a.cc", "void F() {\n" + body(58) + "}\n")
        code, output = self.check()
        self.assertEqual(code, 0, output)
        self.assertIn("longest 60", output)

    def test_sixty_one_lines_fail(self):
        self.write("stack/a.cc", "\n\nvoid F() {\n" + body(59) + "}\n")
        code, output = self.check()
        self.assertEqual(code, 1, output)
        self.assertIn("61 stack/a.cc:3: void F()", output)

    def test_method_in_a_class_in_a_namespace_fails(self):
        text = "namespace a {\nclass B : public C<int> {\n public:\n  void F() const override {\n"
        self.write("stack/a.h", text + body(60) + "  }\n};\n}\n")
        code, output = self.check()
        self.assertEqual(code, 1, output)
        self.assertIn("62 stack/a.h:4: void F() const override", output)


class Functions(unittest.TestCase):
    def names(self, text):
        return [head for _, _, head in check_functions.functions(text)]

    def test_signature_over_two_lines_counts_from_the_first(self):
        self.assertEqual(
            check_functions.functions("int x;\n\nint F(int a,\n      int b) {\n  return a;\n}\n"),
            [(3, 6, "int F(int a, int b)")],
        )

    def test_braces_in_text_and_comments_do_not_count(self):
        text = "void F() {\n  // }\n  Print(\"}\", '}', R\"(}})\"); /* } */\n  return;\n}\n"
        self.assertEqual(check_functions.functions(text), [(1, 5, "void F()")])

    def test_digit_separators_are_no_literals(self):
        self.assertEqual(self.names("void F() { G(1'000); }\nvoid H() { G(2'000); }\n"), ["void F()", "void H()"])

    def test_constructor_with_braced_initialisers(self):
        text = "A::A(int a) : b_{a}, c_(a), d_{1, 2} {\n  F();\n}\nvoid G() {}\n"
        self.assertEqual(
            check_functions.functions(text),
            [(1, 3, "A::A(int a) : b_{a}, c_(a), d_{1, 2}"), (4, 4, "void G()")],
        )

    def test_templates_constraints_and_trailing_types(self):
        text = (
            "template <typename T, std::array<int, 2> kA = {1, 2}>\n  requires (A<T>)\n"
            "constexpr auto F(T t) -> Result<T> {\n  return t;\n}\n"
            "template <Described T> constexpr bool operator<(T a, T b) { return true; }\n"
        )
        self.assertEqual(len(self.names(text)), 2)

    def test_values_types_and_namespaces_are_no_functions(self):
        text = (
            "namespace a::b {\nenum class E : uint8_t { kA, kB };\n"
            "constexpr std::array<Row, 2> kRows = {{{1, F(2)}, {3, G(4)}}};\n"
            "struct S { int a = 0; std::array<int, N(3)> b{}; };\n"
            "template <typename T> concept C = requires(T t) { t.x(); };\n}\n"
        )
        self.assertEqual(self.names(text), [])

    def test_lambda_constant_counts(self):
        self.assertEqual(len(self.names("constexpr auto kF = [](int a) { return a; };\n")), 1)

    def test_directives_do_not_count(self):
        self.assertEqual(self.names("#define X(a) \\\n  void a() {\nvoid F() { }\n"), ["void F()"])

    def test_nested_lambdas_belong_to_their_function(self):
        text = "TEST(A, B) {\n  auto f = [&](int x) {\n    return x;\n  };\n  f(1);\n}\n"
        self.assertEqual(check_functions.functions(text), [(1, 6, "TEST(A, B)")])


if __name__ == "__main__":
    unittest.main()
