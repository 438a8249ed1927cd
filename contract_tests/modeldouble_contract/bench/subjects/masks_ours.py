"""Masks in and out of text with our `Bitmap`. Arguments: the folder of mask_files.py, the masks' width in pixels.

A question is `{"call": "encode" or "decode"}`.
"""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from modeldouble import Bitmap


def encode(masks: list[Any]) -> list[str]:
    """Their texts."""
    return [Bitmap(one).to_json()["bitmap"]["data"] for one in masks]


def decode(texts: list[str]) -> list[Any]:
    """Their arrays."""
    return [Bitmap.from_json({"bitmap": {"origin": [0, 0], "data": one}}).data for one in texts]


def begin(folder: str, width: str) -> Callable[..., dict[str, Any]]:
    """What carries out one call, and tells seconds, and how many pixels are set."""
    packed = np.load(Path(folder, "masks.npy"))
    masks = list(np.unpackbits(packed, axis=2, count=int(width)).astype(bool))
    texts = json.loads(Path(folder, "texts.json").read_text("utf-8"))

    def carried_out(call: str) -> dict[str, Any]:
        used, begun = time.process_time(), time.perf_counter()
        result: list[Any] = encode(masks) if call == "encode" else decode(texts)
        spent, used = time.perf_counter() - begun, time.process_time() - used
        area = sum(int(one.sum()) for one in (decode(result) if call == "encode" else result))
        return {"seconds": spent, "cpu": used, "area": area}

    return carried_out
