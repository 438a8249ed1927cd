"""The names of the official SDK, for code that was written for it: `import modeldouble.sly as sly`.

Importing this module makes the log of this package appear on stdout, one JSON object a line, as the official SDK does.
"""

from modeldouble.annotation import Annotation, Label, Tag
from modeldouble.geometry import Bitmap, Point, Polygon, Polyline, Rectangle
from modeldouble.geometry import Graph as GraphNodes
from modeldouble.meta import ObjClass, ProjectMeta, TagMeta
from modeldouble.platform import Api
from modeldouble.sly import image, nn
from modeldouble.sly.log import print_log

__all__ = [
    "Annotation",
    "Api",
    "Bitmap",
    "GraphNodes",
    "Label",
    "ObjClass",
    "Point",
    "Polygon",
    "Polyline",
    "ProjectMeta",
    "Rectangle",
    "Tag",
    "TagMeta",
    "image",
    "nn",
]

print_log()
