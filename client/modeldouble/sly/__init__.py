"""The names of the official SDK, for code that was written for it: `import modeldouble.sly as sly`.

Importing this module makes the log of this package appear on stdout, one JSON object a line, as the official SDK does.
"""

from modeldouble.annotation import Annotation
from modeldouble.meta import ObjClass, ProjectMeta, TagMeta
from modeldouble.platform import Api
from modeldouble.sly import image, nn
from modeldouble.sly.log import print_log

__all__ = ["Annotation", "Api", "ObjClass", "ProjectMeta", "TagMeta", "image", "nn"]

print_log()
