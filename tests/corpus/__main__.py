"""Writes the corpus: ``python -m tests.corpus``."""

from .writing import FOLDER, files

if __name__ == "__main__":
    wanted = files()
    for path in FOLDER.rglob("*"):
        if (
            path.is_file()
            and path not in wanted
            and path.parent.parent.name == "receipts"
        ):
            path.unlink()
    for path, content in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
