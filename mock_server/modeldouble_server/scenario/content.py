"""Platform content of a scenario: found and checked before the server starts, then put into its world."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ..address import is_http
from ..bring.found import FoundProject, Root
from ..bring.project import find
from ..entities import Facts
from ..limits import Limits
from ..refusal import CannotServe, Refused, shown
from .generated import picture
from .place import Findings, Where

Json = Mapping[str, Any]
_SIZE, _FPS = (640, 480), 25.0
_MOST_GENERATED = 256 * 1024 * 1024


class Picture(NamedTuple):
    """A picture of a dataset: a file, or bytes that were made."""

    name: str
    facts: Facts
    file: Path | None
    made: tuple[tuple[int, int], tuple[object, ...]] | None
    """Size and key of a generated one."""
    image_id: int | None = None


class Video(NamedTuple):
    """A video without bytes. `size` is width and height in pixels."""

    name: str
    frames: int
    size: tuple[int, int]
    fps: float
    sha256: str
    """What its predictions are keyed by, as it has no bytes: seed and description."""
    video_id: int | None = None


class Dataset(NamedTuple):
    """Pictures or videos of a project."""

    name: str
    dataset_id: int | None
    pictures: tuple[Picture, ...]
    videos: tuple[Video, ...]


class Project(NamedTuple):
    """A project: what was found in a folder, or datasets."""

    name: str
    entry: Json
    found: FoundProject | None
    datasets: tuple[Dataset, ...]

    @property
    def kind(self) -> str:
        """What the platform calls its type."""
        return "videos" if any(one.videos for one in self.datasets) else "images"


class Content(NamedTuple):
    """What the platform has beside the default world."""

    projects: tuple[Project, ...] = ()
    urls: tuple[tuple[str, Picture], ...] = ()


class Names:
    """Invented names, by Faker, which is loaded for the first one; what is predicted does not depend on them."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def invented(self, kind: str, where: Where) -> str:
        """A name of two words for what stands there, and its place in its list: no two of a list are equal."""
        try:
            from faker import Faker
        except ModuleNotFoundError as error:
            raise CannotServe("names that are not given need faker: pip install 'modeldouble[server]'") from error
        faker = Faker("en_US")
        faker.seed_instance(f"{self._seed} {kind} {where}")
        place = next((one + 1 for one in reversed(where) if isinstance(one, int)), 1)
        return f"{faker.color_name()} {faker.word()} {place}"


class Reader:
    """Reads `platform` and `urls` of a document that keeps the schema; what is wrong goes to the findings."""

    def __init__(self, folder: Path, seed: int, limits: Limits, findings: Findings) -> None:
        self._folder, self._seed, self._limits, self._findings = folder, seed, limits, findings
        self._names = Names(seed)
        self._generated = 0

    def read(self, value: Json) -> Content:
        """The content that the document describes."""
        entries = value.get("platform", {}).get("projects", [])
        projects = [self._project(one, ("platform", "projects", at)) for at, one in enumerate(entries)]
        self._unique([one.name for one in projects], ("platform", "projects"), "project")
        urls = [(url, self._url(url, one)) for url, one in value.get("urls", {}).items()]
        return Content(tuple(projects), tuple((url, one) for url, one in urls if one is not None))

    def _project(self, entry: Json, where: Where) -> Project:
        found = self._folder_of(entry, where) if "folder" in entry else None
        name = entry.get("name") or (found.name if found else self._names.invented("project", where))
        if "folder" in entry and "datasets" in entry:
            self._findings.add((*where, "datasets"), "a folder has its own datasets; make a second project of these")
        for key in ("dataset_id", "image_id"):
            if key in entry and "folder" not in entry:
                self._findings.add((*where, key), f"{key} is for a folder; give the ids inside `datasets`")
        datasets = [self._dataset(one, (*where, "datasets", at)) for at, one in enumerate(entry.get("datasets", []))]
        if any(one.videos for one in datasets) and any(one.pictures for one in datasets):
            self._findings.add(where, "has pictures and videos; the platform keeps them in projects of their own")
        self._unique([one.name for one in datasets], (*where, "datasets"), "dataset")
        return Project(name, entry, found, tuple(datasets))

    def _folder_of(self, entry: Json, where: Where) -> FoundProject | None:
        try:
            return find(self._folder / entry["folder"], self._limits)
        except Refused as refused:
            self._findings.add((*where, "folder"), refused.text)
        except OSError as error:
            self._findings.add((*where, "folder"), f"cannot be read ({error}); give a folder that you may read")
        return None

    def _dataset(self, entry: Json, where: Where) -> Dataset:
        pictures = [
            made
            for at, one in enumerate(entry.get("pictures", []))
            for made in self._pictures(one, (*where, "pictures", at))
        ]
        videos = [self._video(one, (*where, "videos", at)) for at, one in enumerate(entry.get("videos", []))]
        for kind, names in (("pictures", [one.name for one in pictures]), ("videos", [one.name for one in videos])):
            self._unique(names, (*where, kind), "name", exact=False)
        name = entry.get("name") or self._names.invented("dataset", where)
        return Dataset(name, entry.get("dataset_id"), tuple(pictures), tuple(videos))

    def _pictures(self, entry: Json, where: Where) -> Iterator[Picture]:
        if "file" in entry:
            for key in ("count", "size"):
                if key in entry:
                    self._findings.add((*where, key), f"a file has no {key}; take it out, or the file")
            one = self._file(entry["file"], (*where, "file"))
            if one is not None:
                yield one._replace(name=entry.get("name", one.name), image_id=entry.get("image_id"))
            return
        count, size = entry.get("count", 1), tuple(entry.get("size", _SIZE))
        stem, first = entry.get("name") or self._names.invented("picture", where), entry.get("image_id")
        if not self._fits(count, (size[0], size[1]), where):
            return
        for at in range(count):
            name = f"{stem} {at + 1}.png" if count > 1 else stem if "." in stem else f"{stem}.png"
            yield self._made((size[0], size[1]), (self._seed, *where, at))._replace(
                name=name, image_id=None if first is None else first + at
            )

    def _fits(self, count: int, size: tuple[int, int], where: Where) -> bool:
        self._generated += count * (size[0] * size[1] // 2)
        fits = self._generated <= _MOST_GENERATED and size[0] * size[1] <= self._limits.pixels
        if not fits:
            most = f"{_MOST_GENERATED:,} bytes"
            self._findings.add(
                where, f"generated pictures are over {most} together, or too large; make fewer or smaller"
            )
        return fits

    def _made(self, size: tuple[int, int], key: tuple[object, ...]) -> Picture:
        content = picture(size, *key)
        facts = Facts(hashlib.sha256(content).hexdigest(), *size, "image/png", len(content))
        return Picture("", facts, None, (size, key))

    def _file(self, name: str, where: Where) -> Picture | None:
        path = self._folder / name
        if not path.is_file():
            self._findings.add(where, f"there is no file {shown(str(path))}; give a path relative to the scenario")
            return None
        try:
            facts = Root(path.parent, self._limits.pixels, self._limits.entities).facts(path)
        except (Refused, OSError) as error:
            self._findings.add(where, str(error))
            return None
        return Picture(path.name, facts, path.resolve(), None)

    def _video(self, entry: Json, where: Where) -> Video:
        width, height = entry.get("size", (1280, 720))
        name = entry.get("name") or f"{self._names.invented('video', where)}.mp4"
        fps, frames = entry.get("fps", _FPS), entry["frames"]
        told = f"video {self._seed} {entry.get('name', where)} of {frames} frames, {width} x {height}"
        sha256 = hashlib.sha256(told.encode()).hexdigest()
        return Video(name, frames, (width, height), fps, sha256, entry.get("video_id"))

    def _url(self, url: str, entry: str | Json) -> Picture | None:
        where: Where = ("urls", url)
        if not is_http(url):
            self._findings.add(where, "is no http or https URL; give one as clients send it")
        if isinstance(entry, str):
            return self._file(entry, where)
        width, height = entry["size"]
        if not self._fits(1, (width, height), where):
            return None
        return self._made((width, height), (self._seed, "url", url))._replace(name="generated.png")

    def _unique(self, names: Sequence[str], where: Where, what: str, exact: bool = True) -> None:
        seen: dict[str, int] = {}
        for at, name in enumerate(names):
            if seen.setdefault(name, at) != at:
                here = (*where, at) if exact else where
                self._findings.add(here, f"{what} {shown(name)} is there already; give each a name of its own")
