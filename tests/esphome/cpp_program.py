"""Parts of a component as a program of their own, without ESPHome around them."""

import subprocess
from pathlib import Path

from scripts.house.device import CONFIGS, compiler_environment

SOURCES = Path(__file__).parent / "cpp"
COMPONENT = CONFIGS / "components" / "signed_reading"
COMPILER = (
    *("g++", "-std=gnu++20", "-O1", "-Wall", "-Wextra", "-Werror"),
    # What reads or writes where it must not ends the program.
    *("-fsanitize=address,undefined", "-fno-sanitize-recover=all"),
)


def compile_program(
    main: str, parts: str, output: Path, *, defines: str, library: str | None = None
) -> Path:
    """Compile `main` of `cpp/` and parts of the component, with ESPHome's stand-ins.

    `parts` and `defines` are names with spaces in between.
    """
    arguments: list[str | Path] = [
        *COMPILER,
        *(f"-D{name}" for name in defines.split()),
        f"-I{SOURCES / 'stubs'}",
        f"-I{COMPONENT}",
        SOURCES / f"{main}.cpp",
        *(COMPONENT / f"{part}.cpp" for part in parts.split()),
        *([] if library is None else [f"-l{library}"]),
        "-o",
        output,
    ]
    done = subprocess.run(
        arguments,
        env=compiler_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return output


def has_library(header: str, library: str) -> bool:
    """Say whether the compiler finds a library."""
    done = subprocess.run(
        ["g++", "-x", "c++", "-", f"-l{library}", "-o", "/dev/null"],
        env=compiler_environment(),
        input=f"#include <{header}>\nint main() {{}}",
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode == 0
