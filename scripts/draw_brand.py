"""Draws the brand images of the integration. Run it after a change to the mark.

The mark is an anchor. Its ring is the root of a log, its four ends are leaves.

    .venv/bin/python -m scripts.draw_brand
"""

from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

FOLDER = Path(__file__).parents[1] / "custom_components" / "iot_blockchain" / "brand"
ICON_SIZE = 256
LOGO_HEIGHT = 128
NAME = "IoT Blockchain"

_OVERSAMPLING = 8
_UNITS = 100
"""The mark is drawn in a square of 100 by 100."""


@dataclass(frozen=True, slots=True)
class Colours:
    """What the mark is drawn with."""

    anchor: str
    leaf: str


LIGHT = Colours(anchor="#16324F", leaf="#0E9F8E")
DARK = Colours(anchor="#E8F0F7", leaf="#34D0BC")


class _Pen:
    """Draws shapes that are given in units of the mark, larger than they end up."""

    def __init__(self, size: int) -> None:
        self._scale = size * _OVERSAMPLING / _UNITS
        self.image = Image.new("L", (size * _OVERSAMPLING,) * 2)
        self._draw = ImageDraw.Draw(self.image)

    def _scaled(self, *values: float) -> tuple[float, ...]:
        return tuple(value * self._scale for value in values)

    def line(self, x1: float, y1: float, x2: float, y2: float, width: float) -> None:
        """Draw a line that ends where it is told to."""
        self._draw.line(
            self._scaled(x1, y1, x2, y2), fill=255, width=round(width * self._scale)
        )

    def disc(self, x: float, y: float, radius: float, fill: int = 255) -> None:
        """Draw a filled circle."""
        self._draw.ellipse(
            self._scaled(x - radius, y - radius, x + radius, y + radius), fill=fill
        )

    def lower_half_ring(self, x: float, y: float, radius: float, width: float) -> None:
        """Draw the lower half of a ring; ``radius`` is of its outer edge."""
        self._draw.arc(
            self._scaled(x - radius, y - radius, x + radius, y + radius),
            0,
            180,
            fill=255,
            width=round(width * self._scale),
        )


def mark(size: int, colours: Colours) -> Image.Image:
    """Draw the mark alone, on nothing."""
    anchor = _Pen(size)
    anchor.line(50, 20, 50, 95, 10)
    anchor.line(24, 38, 76, 38, 8)
    anchor.lower_half_ring(50, 59, 41, 10)
    anchor.disc(50, 14.5, 14.5)
    anchor.disc(50, 14.5, 6, fill=0)

    leaves = _Pen(size)
    for x, y, radius in ((24, 38, 8), (76, 38, 8), (14, 61, 11.5), (86, 61, 11.5)):
        leaves.disc(x, y, radius)

    image = Image.new("RGBA", (size, size))
    for pen, colour in ((anchor, colours.anchor), (leaves, colours.leaf)):
        layer = Image.new("RGBA", (size, size), colour)
        layer.putalpha(pen.image.resize((size, size), Image.Resampling.BOX))
        image.alpha_composite(layer)
    return image


def logo(height: int, colours: Colours) -> Image.Image:
    """Draw the mark with the name beside it."""
    font = ImageFont.load_default(height * 0.56)
    assert isinstance(font, ImageFont.FreeTypeFont)
    weight = height / 64
    left, _, right, _ = font.getbbox(NAME, stroke_width=weight)
    capital = font.getbbox("I")
    gap = round(height * 0.22)
    image = Image.new("RGBA", (height + gap + round(right - left), height))
    image.paste(mark(height, colours))
    ImageDraw.Draw(image).text(
        (height + gap - left, (height - capital[1] - capital[3]) / 2),
        NAME,
        font=font,
        fill=colours.anchor,
        stroke_width=weight,
    )
    box = image.getbbox()
    assert box is not None
    return image.crop((box[0], 0, box[2], height))


def main() -> None:
    """Write all images."""
    FOLDER.mkdir(exist_ok=True)
    for prefix, colours in (("", LIGHT), ("dark_", DARK)):
        for suffix, scale in (("", 1), ("@2x", 2)):
            for name, image in (
                ("icon", mark(ICON_SIZE * scale, colours)),
                ("logo", logo(LOGO_HEIGHT * scale, colours)),
            ):
                image.save(FOLDER / f"{prefix}{name}{suffix}.png", optimize=True)


if __name__ == "__main__":
    main()
