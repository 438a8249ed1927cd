"""The 80 classes of COCO in their usual order, each with a colour of its own."""

from colorsys import hsv_to_rgb

NAMES = tuple(
    (
        "person,bicycle,car,motorcycle,airplane,bus,train,truck,boat,"
        "traffic light,fire hydrant,stop sign,parking meter,bench,"
        "bird,cat,dog,horse,sheep,cow,elephant,bear,zebra,giraffe,backpack,umbrella,handbag,tie,suitcase,frisbee,"
        "skis,snowboard,sports ball,kite,baseball bat,baseball glove,skateboard,surfboard,tennis racket,bottle,"
        "wine glass,cup,fork,knife,spoon,bowl,banana,apple,sandwich,orange,broccoli,carrot,hot dog,pizza,donut,cake,"
        "chair,couch,potted plant,bed,dining table,toilet,tv,laptop,mouse,remote,keyboard,cell phone,microwave,oven,"
        "toaster,sink,refrigerator,book,clock,vase,scissors,teddy bear,hair drier,toothbrush"
    ).split(",")
)

_GOLDEN_TURN = 0.61803398875


def color(index: int) -> str:
    """#RRGGBB of the class at `index`: neighbours differ most, because hues advance by the golden section."""
    red, green, blue = hsv_to_rgb(index * _GOLDEN_TURN % 1.0, (0.85, 0.65)[index % 2], (0.95, 0.75)[index // 2 % 2])
    return f"#{round(red * 255):02X}{round(green * 255):02X}{round(blue * 255):02X}"


COLORS = {name: color(index) for index, name in enumerate(NAMES)}
