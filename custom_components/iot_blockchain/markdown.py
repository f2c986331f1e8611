"""Words from outside in dialogs and issues, which Home Assistant reads as Markdown."""

import re

# What makes links, pictures, markup or a block of its own of what stands there. Usual
# names are left as they are: titles show these words too, and are no Markdown.
_MARKUP = re.compile(
    r"""
      [\\`*~|<>&!@\[\]]              # CommonMark and GitHub's extensions
    | (?<![a-z0-9])_ | _(?![a-z0-9])  # emphasis, but not within a word
    | :(?=//) | (?<=www)\.            # a bare address becomes a link
    | ^[-+#=] | (?<=[0-9])[.)](?=\s)  # a heading or a list, at the beginning of a line
    """,
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)


def plain(text: str) -> str:
    """Write one line of text so that Markdown shows it as it is."""
    return _MARKUP.sub(r"\\\g<0>", text)
