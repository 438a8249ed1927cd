"""Drawing a prediction on whatever picture a caller has."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from modeldouble import Annotation, BadArgument, BadImage, Label, ObjClass, Prediction, Rectangle

RED, GREY = (255, 0, 0), (100, 100, 100)


def plain(height: int, width: int) -> NDArray[np.uint8]:
    return np.full((height, width, 3), GREY, dtype=np.uint8)


BOX = Annotation((40, 60), [Label(Rectangle(10, 20, 30, 50), ObjClass("car", "rectangle", RED))]).to_json()


def test_a_prediction_draws_on_a_path_bytes_a_picture_or_an_array(tmp_path: Path) -> None:
    image = Image.fromarray(plain(40, 60))
    image.save(tmp_path / "x.png")
    array, packed = plain(40, 60), (tmp_path / "x.png").read_bytes()
    pictures = [Prediction({"annotation": BOX}).draw(x) for x in (tmp_path / "x.png", packed, image, array)]
    assert {picture.tobytes() for picture in pictures} == {pictures[0].tobytes()}
    assert pictures[0].size == (60, 40)
    assert np.array_equal(array, plain(40, 60))
    assert image.getpixel((20, 30)) == GREY
    assert pictures[0].getpixel((20, 30)) != GREY


def test_a_prediction_draws_in_place_and_to_a_file(tmp_path: Path) -> None:
    bitmap = plain(40, 60)
    Prediction({"annotation": BOX}).draw_pretty(bitmap, fill_rectangles=False)
    seen = Prediction({"annotation": BOX}).draw(plain(40, 60), tmp_path / "x.png", fill_rectangles=False)
    assert np.array_equal(np.asarray(seen), bitmap)
    assert np.array_equal(np.asarray(Image.open(tmp_path / "x.png")), bitmap)


@pytest.mark.parametrize(("size", "turned"), [((60, 40), True), ((40, 60), False)])
def test_a_turned_photograph_is_drawn_on_as_the_model_saw_it(size: tuple[int, int], turned: bool) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    file = io.BytesIO()
    Image.fromarray(plain(40, 60)).save(file, format="JPEG", exif=exif)
    picture = Prediction({"annotation": Annotation(size).to_json()}).draw(file.getvalue())
    assert picture.size == ((40, 60) if turned else (60, 40))


@pytest.mark.parametrize("image", [b"no image", "none.png", 5, None])
def test_what_is_no_image_is_refused(image: Any) -> None:
    with pytest.raises(BadArgument, match="image") as caught:
        Prediction({"annotation": BOX}).draw(image)
    assert isinstance(caught.value, BadImage) == isinstance(image, (bytes, str))


def test_without_pillow_the_error_says_what_to_install() -> None:
    code = f"""
import sys
sys.modules["PIL"] = None
import modeldouble
prediction = modeldouble.Prediction({{"annotation": {json.dumps(BOX)}}})
draw, draw_pretty = (lambda: prediction.draw("x.png")), (lambda: prediction.draw_pretty(None))
for call in (draw, draw_pretty, prediction.to_detections):
    try:
        call()
    except modeldouble.MissingExtra as error:
        print(error.extra)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == ["draw", "draw", "draw"]
