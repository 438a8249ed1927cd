"""The platform around a served model: credentials, projects, datasets, images, annotations, videos, tasks."""

from modeldouble.platform.api import Api
from modeldouble.platform.credentials import read_env_file
from modeldouble.platform.infos import AnnotationInfo, DatasetInfo, ImageInfo, ProjectInfo, VideoInfo

__all__ = ["AnnotationInfo", "Api", "DatasetInfo", "ImageInfo", "ProjectInfo", "VideoInfo", "read_env_file"]
