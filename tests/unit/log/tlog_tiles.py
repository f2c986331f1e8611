"""A reader of C2SP tlog-tiles, word for word: what an export is checked with.

Nothing here is taken from the code under test.
"""

from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from zipfile import ZipFile

from . import reference


@dataclass(frozen=True)
class TiledLog:
    """The resources of a log, by their paths under its prefix."""

    resources: Mapping[str, bytes]

    @classmethod
    def of(cls, archive: ZipFile) -> TiledLog:
        """Read all files out of a ZIP file, which must be whole."""
        assert archive.testzip() is None
        return cls({name: archive.read(name) for name in archive.namelist()})

    @property
    def checkpoint(self) -> tuple[str, int, bytes]:
        """Origin, size and root. C2SP tlog-checkpoint."""
        origin, size, root, *_ = self.resources["checkpoint"].decode().split("\n")
        return origin, int(size), b64decode(root)

    @property
    def size(self) -> int:
        return self.checkpoint[1]

    def tile(self, level: int, number: int, width: int) -> list[bytes]:
        """ "Merkle Tree": full tiles have 256 hashes; a partial one, its width."""
        data = self.resources[f"tile/{level}/{index(number)}{suffix(width)}"]
        assert len(data) == 32 * width
        return [data[start : start + 32] for start in range(0, len(data), 32)]

    def level(self, level: int) -> list[bytes]:
        """All hashes of a level, out of its full tiles and its partial one."""
        hashes = []
        for number, width in widths(self.size // 256**level):
            hashes += self.tile(level, number, width)
        return hashes

    @property
    def levels(self) -> int:
        """How many levels the tree has: empty tiles must not be there."""
        level = 0
        while self.size // 256**level:
            level += 1
        return level

    @property
    def entries(self) -> list[bytes]:
        """ "Log entries": big-endian uint16 length-prefixed."""
        found: list[bytes] = []
        for number, width in widths(self.size):
            data = self.resources[f"tile/entries/{index(number)}{suffix(width)}"]
            bundle = list(records(data))
            assert len(bundle) == width
            found += bundle
        return found

    @property
    def paths(self) -> set[str]:
        """Every path of a tile or bundle that there must be, and no other."""
        return {"tile/entries/" + i for i in self._indexes(0)} | {
            f"tile/{level}/{i}"
            for level in range(self.levels)
            for i in self._indexes(level)
        }

    def _indexes(self, level: int) -> list[str]:
        return [
            index(number) + suffix(width)
            for number, width in widths(self.size // 256**level)
        ]

    def root_of_entries(self) -> bytes:
        return reference.mth([reference.hash_leaf(entry) for entry in self.entries])

    def root_of_tiles(self) -> bytes:
        return reference.mth(self.level(0))


def records(data: bytes) -> Iterator[bytes]:
    while data:
        length = data[0] * 256 + data[1]
        assert len(data) >= 2 + length
        yield data[2 : 2 + length]
        data = data[2 + length :]


def index(number: int) -> str:
    """ "Zero-padded 3-digit path elements. All but the last begin with an x."""
    elements = [f"{number % 1000:03}"]
    while number >= 1000:
        number //= 1000
        elements.insert(0, f"x{number % 1000:03}")
    return "/".join(elements)


def suffix(width: int) -> str:
    return "" if width == 256 else f".p/{width}"


def widths(hashes: int) -> Sequence[tuple[int, int]]:
    """Number and width of the tiles that hold so many hashes."""
    full = [(number, 256) for number in range(hashes // 256)]
    return [*full, (hashes // 256, hashes % 256)] if hashes % 256 else full
