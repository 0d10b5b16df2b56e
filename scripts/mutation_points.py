"""Finds the conditions of C++ source text and wraps each, so that it can be falsified at run time.

A condition is an operand of && and || in an if, while or for, in front of a `?`, in a `return` or in
what a `bool` is made of. `if constexpr` and static_assert stay as they are.
"""

import re

from check_functions import without_noise

OPENING = "([{"
CLOSING = ")]}"
# A comparison in the style of this tree: operators have blanks around them, template brackets none.
COMPARISON = re.compile(r"\s(?:==|!=|<=|>=|<|>)\s")
ASSIGNMENT = re.compile(r"(?<![=!<>])=(?!=)")
DECLARED = re.compile(r"(\w+)\s*$")


def closing(text, begin):
    """The offset of the bracket that closes the one at `begin`."""
    depth = 0
    for at in range(begin, len(text)):
        if text[at] in OPENING:
            depth += 1
        elif text[at] in CLOSING:
            depth -= 1
            if depth == 0:
                return at
    return len(text)


def outside_brackets(text, begin, end):
    """Offsets of the characters in [begin, end) that stand in no bracket opened there."""
    depth = 0
    for at in range(begin, end):
        if text[at] in OPENING:
            depth += 1
        elif text[at] in CLOSING:
            depth -= 1
        elif depth == 0:
            yield at


def statement_end(text, begin):
    return next((at for at in outside_brackets(text, begin, len(text)) if text[at] == ";"), len(text))


def trimmed(text, begin, end):
    while begin < end and text[begin].isspace():
        begin += 1
    while begin < end and text[end - 1].isspace():
        end -= 1
    return begin, end


def split(text, begin, end):
    """[begin, end) at the && and || that stand in no bracket."""
    last = -1
    for at in outside_brackets(text, begin, end):
        if at > last and text[at:at + 2] in ("&&", "||"):
            yield begin, at
            begin = at + 2
            last = at + 1
    yield begin, end


def operands(text, begin, end):
    """The spans of the operands of && and || in the expression, through brackets and negations."""
    begin, end = trimmed(text, begin, end)
    if any(text[at] == "?" for at in outside_brackets(text, begin, end)):
        return [(begin, end)]
    parts = list(split(text, begin, end))
    if len(parts) > 1:
        return [span for part in parts for span in operands(text, *part)]
    inner = begin + 1 if text[begin:begin + 1] == "!" else begin
    if text[inner:inner + 1] == "(" and closing(text, inner) == end - 1:
        return operands(text, inner + 1, end - 1)
    return [(begin, end)] if begin < end else []


def pieces(text, begin, end):
    """[begin, end) at the semicolons that stand in no bracket."""
    cuts = [at for at in outside_brackets(text, begin, end) if text[at] == ";"]
    return list(zip([begin] + [cut + 1 for cut in cuts], cuts + [end]))


def branch_conditions(text):
    """Of if, while and for: (span, name of the variable it declares or None)."""
    for match in re.finditer(r"\b(if|while|for)\s*\(", text):
        begin, end = match.end(), closing(text, match.end() - 1)
        parts = pieces(text, begin, end)
        if match[1] == "for":
            if len(parts) == 3:
                yield parts[1], None
            continue
        begin, end = parts[-1]
        equals = next((at for at in outside_brackets(text, begin, end) if ASSIGNMENT.match(text, at)), None)
        if equals is None:
            yield (begin, end), None
        elif match[1] == "if":
            yield (begin, end), DECLARED.search(text, begin, equals)[1]


def value_conditions(text):
    """Of `return` and `bool x =`, where the expression shows that it is a truth value."""
    for match in re.finditer(r"\b(?:co_)?return\b|\bbool\s+\w+\s*=", text):
        begin, end = trimmed(text, match.end(), statement_end(text, match.end()))
        own = "".join(text[at] for at in outside_brackets(text, begin, end))
        if "?" in own or ASSIGNMENT.search(own):
            continue
        if "&&" in own or "||" in own or COMPARISON.search(own) or text.startswith("!", begin):
            yield begin, end


def choice_conditions(text):
    """What stands in front of each `?`."""
    for match in re.finditer(r"\?", text):
        depth = 0
        begin = match.start()
        while begin > 0:
            char = text[begin - 1]
            if char == "}" and depth == 0:
                break  # the end of a block
            if char in CLOSING:
                depth += 1
            elif char in OPENING:
                depth -= 1
            is_scope = char == ":" and (text[begin - 2] == ":" or text[begin] == ":")
            ends = char in ",;" or (char == ":" and not is_scope) or ASSIGNMENT.match(text, begin - 1)
            if depth < 0 or (depth == 0 and (ends or re.search(r"\breturn$", text[:begin][-10:]))):
                break
            begin -= 1
        yield begin, match.start()


def spans(text):
    """(begin, end, declared name or None) of all conditions, in order."""
    text = without_noise(text)
    found = {}
    for (begin, end), name in branch_conditions(text):
        if name:
            found[(begin, end)] = name
        else:
            found.update(dict.fromkeys(operands(text, begin, end)))
    for begin, end in [*value_conditions(text), *choice_conditions(text)]:
        for span in operands(text, begin, end):
            found.setdefault(span)
    static = [(m.start(), closing(text, m.end() - 1)) for m in re.finditer(r"\bstatic_assert\s*\(", text)]
    constants = re.compile(r"true|false|\d+")
    return sorted(
        (begin, end, name)
        for (begin, end), name in found.items()
        if not constants.fullmatch(text, begin, end) and not any(a <= begin < b for a, b in static)
    )


def instrument(text, first):
    """The text with its conditions wrapped, numbered from `first`, and (line, condition) of each."""
    inserts = []
    points = []
    for begin, end, name in spans(text):
        number = first + len(points)
        points.append((text.count("\n", 0, begin) + 1, " ".join(text[begin:end].split())))
        if name:
            inserts.append((end, 1, begin, f"; ::mutation::Condition({number}, static_cast<bool>({name}))"))
        else:
            # At one place, what ends goes first, and the inner before the outer.
            inserts.append((begin, 2, -end, f"::mutation::Condition({number}, static_cast<bool>("))
            inserts.append((end, 1, -begin, "))"))
    out = []
    last = 0
    for at, _, _, insert in sorted(inserts):
        out += [text[last:at], insert]
        last = at
    return "".join([*out, text[last:]]), points
