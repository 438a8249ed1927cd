"""Writes masks that both sides read: `mask_files.py FOLDER COUNT WIDTH HEIGHT`. Needs numpy and Pillow.

`masks.npy` has them, packed to bits; `texts.json` as bitmaps on the wire: base64 of zlib of a PNG with a transparent
colour. Each is an ellipse from edge to edge, with a jagged outline and a hole that wanders: there is nothing to crop.
"""

import base64
import io
import json
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image


def mask(at: int, width: int, height: int) -> Any:
    """One of them: booleans, rows x columns. Whole numbers only, so it is the same everywhere."""
    y, x = np.mgrid[0:height, 0:width].astype(np.int64)
    across, down = 2 * x - width + 1, 2 * y - height + 1
    jag = (7 * x + (13 + at) * y) % 31 * width // 400
    shape = (across * height) ** 2 + (down * width) ** 2 <= (width * height) ** 2 - jag * width * height * height // 20
    hole_x, hole_y = width // 4 + at * 37 % (width // 2), height // 4 + at * 53 % (height // 2)
    hole = (x - hole_x) ** 2 + (y - hole_y) ** 2 < (min(width, height) // 8) ** 2
    made = shape & ~hole
    made[0, width // 2] = made[-1, width // 2] = made[height // 2, 0] = made[height // 2, -1] = True
    return made


def text(one: Any) -> str:
    """A mask as it is on the wire."""
    picture = Image.fromarray(one.astype(np.uint8))
    picture.putpalette([0, 0, 0, 255, 255, 255])
    file = io.BytesIO()
    picture.save(file, format="PNG", transparency=0)
    return base64.b64encode(zlib.compress(file.getvalue())).decode("ascii")


def main(folder: str, count: int, width: int, height: int) -> None:
    """Write them, and tell how many pixels are set."""
    made = np.stack([mask(at, width, height) for at in range(count)])
    np.save(Path(folder, "masks.npy"), np.packbits(made, axis=2))
    Path(folder, "texts.json").write_text(json.dumps([text(one) for one in made]), "utf-8")
    sys.stdout.write(json.dumps({"ready": {"area": int(made.sum())}}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
