"""What things of a class look like: how large, how wide, where in a picture, how fast, and with whom."""

from collections.abc import Iterable
from typing import NamedTuple

GROUND, TABLE, AIR, ANYWHERE = "ground", "table", "air", "anywhere"
Range = tuple[float, float]


class Kind(NamedTuple):
    """Classes that look alike. `width` is in heights, `height` in sides of a square as large as the picture."""

    outline: str
    width: Range
    height: Range
    place: str = ANYWHERE
    speed: Range = (0.04, 0.22)
    """How far one goes in a track's life, in widths of the picture."""


_KINDS = (
    (Kind("person", (0.32, 0.44), (0.28, 0.85), GROUND, (0.15, 0.55)), "person"),
    (Kind("car", (1.7, 2.4), (0.12, 0.32), GROUND, (0.4, 1.0)), "car"),
    (Kind("boxy", (1.5, 2.6), (0.18, 0.36), GROUND, (0.3, 0.8)), "bus,truck,train"),
    (Kind("cycle", (1.3, 1.7), (0.16, 0.40), GROUND, (0.3, 0.8)), "bicycle,motorcycle"),
    (Kind("blob", (1.2, 2.6), (0.12, 0.40), GROUND, (0.1, 0.4)), "boat"),
    (Kind("winged", (1.4, 2.4), (0.07, 0.26), AIR, (0.4, 1.0)), "airplane,bird,kite"),
    (
        Kind("quadruped", (1.15, 1.6), (0.16, 0.52), GROUND, (0.1, 0.6)),
        "cat,dog,horse,sheep,cow,elephant,bear,zebra,giraffe",
    ),
    (Kind("boxy", (0.36, 0.5), (0.10, 0.28), AIR), "traffic light,parking meter"),
    (Kind("round", (0.9, 1.1), (0.08, 0.25), AIR), "stop sign,clock"),
    (Kind("bottle", (0.4, 0.6), (0.14, 0.40), GROUND), "fire hydrant"),
    (Kind("boxy", (1.1, 2.2), (0.22, 0.45), GROUND), "bench,couch,bed,dining table"),
    (Kind("boxy", (0.6, 1.0), (0.22, 0.55), GROUND), "chair,toilet,suitcase,refrigerator,backpack,handbag"),
    (
        Kind("round", (0.9, 1.1), (0.04, 0.14), ANYWHERE, (0.3, 0.9)),
        "frisbee,sports ball",
    ),
    (
        Kind("blob", (2.0, 4.0), (0.05, 0.14), GROUND, (0.2, 0.6)),
        "skis,snowboard,surfboard,skateboard,baseball bat,tennis racket,baseball glove",
    ),
    (Kind("bottle", (0.3, 0.45), (0.22, 0.55), TABLE), "bottle,wine glass,vase"),
    (Kind("boxy", (0.8, 1.3), (0.12, 0.32), TABLE), "cup,microwave,oven,toaster,sink,book,tv,laptop,cell phone"),
    (Kind("round", (0.9, 1.2), (0.14, 0.40), TABLE), "apple,orange,donut,pizza,cake,bowl,broccoli,mouse"),
    (
        Kind("blob", (2.0, 3.6), (0.06, 0.16), TABLE),
        "banana,sandwich,carrot,hot dog,fork,knife,spoon,remote,keyboard,scissors,hair drier,toothbrush",
    ),
    (Kind("blob", (0.7, 1.2), (0.18, 0.5), TABLE), "potted plant,teddy bear,tie,umbrella"),
)
_BY_NAME = {name: kind for kind, names in _KINDS for name in names.split(",")}
_OTHER = Kind("blob", (0.5, 1.9), (0.12, 0.55), ANYWHERE, (0.1, 0.6))
_THEMES = tuple(
    tuple(names.split(","))
    for names in (
        "person,car,bus,truck,bicycle,motorcycle,traffic light,stop sign,fire hydrant,parking meter,bench,train",
        "person,person,backpack,handbag,umbrella,suitcase,tie,bench,cell phone",
        "horse,sheep,cow,elephant,bear,zebra,giraffe,bird",
        "person,dog,cat,frisbee,sports ball,kite,bird",
        "person,skis,snowboard,skateboard,surfboard,tennis racket,baseball bat,baseball glove,sports ball",
        "cup,bottle,wine glass,fork,knife,spoon,bowl,pizza,cake,donut,sandwich,hot dog,dining table",
        "banana,apple,orange,broccoli,carrot,bowl,knife",
        "chair,couch,potted plant,bed,tv,remote,book,clock,vase,teddy bear,cat",
        "laptop,mouse,keyboard,cell phone,cup,book,tv,chair,scissors",
        "microwave,oven,toaster,sink,refrigerator,bottle,cup,toilet,hair drier,toothbrush",
        "airplane,boat,bird,person,kite",
    )
)


def kind_of(name: str) -> Kind:
    """What things of a class look like; of a class that is not in the table, something in between."""
    return _BY_NAME.get(name, _OTHER)


def is_thing(name: str) -> bool:
    """Whether the class is one of countable things that the table knows."""
    return name in _BY_NAME


def themes_of(names: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """Which of a model's classes are seen together: those of the table by theme, all others together."""
    names = tuple(names)
    known = dict.fromkeys(names)
    themes = (tuple(name for name in theme if name in known) for theme in _THEMES)
    others = tuple(name for name in names if name not in _BY_NAME)
    return tuple(theme for theme in (*themes, others) if theme)
