"""Words from outside that Markdown must show as they are."""

import pytest

from custom_components.iot_blockchain.markdown import plain


@pytest.mark.parametrize(
    "text",
    [
        "fridge",
        "My fridge (kitchen), 2nd floor: left",
        "barcode-scanner_2",
        "esp8266 d1_mini",
        "Kühlschrank 4.5 °C",
        "1.2.3",
        "",
    ],
)
def test_usual_names_stay_as_they_are(text: str) -> None:
    assert plain(text) == text


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("[click](https://evil.example)", r"\[click\](https\://evil.example)"),
        ("![](x)", r"\!\[\](x)"),
        ("https://evil.example", r"https\://evil.example"),
        ("HTTP://evil.example", r"HTTP\://evil.example"),
        ("WWW.evil.example", r"WWW\.evil.example"),
        ("a@evil.example", r"a\@evil.example"),
        ("<https://evil.example>", r"\<https\://evil.example\>"),
        ("<img src=x>", r"\<img src=x\>"),
        ("&lt;", r"\&lt;"),
        (r"\[x]", r"\\\[x\]"),
        ("*a* __b__ ~c~ `d`", r"\*a\* \_\_b\_\_ \~c\~ \`d\`"),
        ("a | b", r"a \| b"),
        ("# Fridge", r"\# Fridge"),
        ("- Fridge", r"\- Fridge"),
        ("+ Fridge", r"\+ Fridge"),
        ("> Fridge", r"\> Fridge"),
        ("===", r"\==="),
        ("1. Fridge", r"1\. Fridge"),
        ("12) Fridge", r"12\) Fridge"),
    ],
)
def test_markup_is_shown_as_it_is(text: str, escaped: str) -> None:
    assert plain(text) == escaped
