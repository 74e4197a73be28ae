"""C functions, found by the format of the tree (check_format.py): a body's braces stand alone in the first column, and nothing
else's do."""


def functions(lines):
    """Yields each function's first line and its length, from its return type to the closing brace."""
    begin = None
    for i, line in enumerate(lines):
        if line == "{":
            begin = i
            while begin and lines[begin - 1] and not lines[begin - 1].endswith((";", "}", "*/", "\\")) \
                    and not lines[begin - 1].startswith("#"):
                begin -= 1
        elif line == "}" and begin is not None:
            yield lines[begin], i + 1 - begin
            begin = None
