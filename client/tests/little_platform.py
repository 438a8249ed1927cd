"""A platform in a few lines, behind the rough server's socket, which also misbehaves on request.

Written from the protocol alone: nothing here comes from the fake server of this repository.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from modeldouble import Api, HttpTransport

if TYPE_CHECKING:
    from tests.conftest import Json, Received, Reply, RoughServer

TOKEN = "t" * 128
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {"=": lambda a, b: a == b, "in": lambda a, b: a in b}


def sha(content: bytes) -> str:
    return b64encode(hashlib.sha256(content).digest()).decode()


def connect(rough: RoughServer, **options: Any) -> Api:
    return Api(rough.url, TOKEN, transport=HttpTransport(sleep=lambda seconds: None), **options)


class LittlePlatform:
    """Projects, datasets, images and annotations in dicts; lists come in pages of `per_page`."""

    def __init__(self, rough: RoughServer, reply: type[Reply]) -> None:
        self.rough, self.reply, self.per_page, self.last_id = rough, reply, 500, 100
        self.usual: dict[str, Callable[[Received], Reply]] = {}
        self.blobs: dict[str, bytes] = {}
        self.kept: dict[str, dict[int, Json]] = {"projects": {}, "datasets": {}, "images": {}}
        self.metas: dict[int, Json] = {}
        self.annotations: dict[int, Json] = {}
        for kind, parent in (("projects", "workspaceId"), ("datasets", "projectId"), ("images", "datasetId")):
            self._serve(f"{kind}.info", partial(self._info, kind))
            self._serve(f"{kind}.list", partial(self._page, kind, parent))
        self._serve("projects.add", partial(self._add, "projects", "workspaceId"))
        self._serve("datasets.add", partial(self._add, "datasets", "projectId"))
        self._serve("projects.meta", lambda body: self.metas.get(body["id"]))
        self._serve("projects.meta.update", self._update_meta)
        self._serve("projects.settings.update", lambda body: {})
        self._serve("images.internal.hashes.list", lambda body: [one for one in body if one in self.blobs])
        self._serve("images.bulk.add", self._add_images)
        self._serve("annotations.bulk.add", self._annotate)
        self._serve("annotations.info", lambda body: self._annotation(body["imageId"]))
        self._serve("annotations.bulk.info", lambda body: [self._annotation(id) for id in body["imageIds"]][::-1])
        self.usual["images.bulk.upload"] = self._store
        self.usual["images.download"] = self._file
        self.usual["images.bulk.download"] = self._files
        for method, answer in self.usual.items():
            rough.on(method, answer)

    def first(self, method: str, *replies: Reply) -> None:
        """Answer so at first, and as usual from then on."""
        self.rough.on(method, *replies, self.usual[method])

    def loses(self, method: str) -> None:
        """Do what is asked for, once, and break off without an answer."""
        usual = self.usual[method]
        self.rough.on(method, lambda request: usual(request)._replace(way="lost"), usual)

    def bodies(self, method: str) -> list[Any]:
        return [json.loads(one.body) for one in self.rough.received if one.route == method]

    def put(self, kind: str, **values: Any) -> Json:
        self.last_id += 1
        made = {"id": self.last_id, "name": f"n{self.last_id}", **values}
        self.kept[kind][self.last_id] = made
        return made

    def put_image(self, dataset: int, content: bytes, **values: Any) -> int:
        self.blobs[sha(content)] = content
        size = {"width": 9, "height": 8, "mime": "image/jpeg"}
        return int(self.put("images", datasetId=dataset, hash=sha(content), **size, **values)["id"])

    def _serve(self, method: str, handle: Callable[[Any], Any]) -> None:
        def answer(request: Received) -> Reply:
            assert request.headers["x-api-key"] == TOKEN
            made = handle(json.loads(request.body))
            if made is None:
                return self.reply({"error": "not there"}, 404)
            return self.reply({"error": "no", "details": [made]}, 400) if "NONUNIQUE" in str(made) else self.reply(made)

        self.usual[method] = answer

    def _info(self, kind: str, body: Json) -> Json | None:
        return self.kept[kind].get(body["id"])

    def _page(self, kind: str, parent: str, body: Json) -> Json:
        found = [one for one in self.kept[kind].values() if one.get(parent) == body[parent]]
        for one in body["filter"]:
            holds = OPERATORS[one["operator"]]
            found = [entity for entity in found if holds(entity[one["field"]], one["value"])]
        size, number = body.get("per_page", self.per_page), body.get("page", 1)
        pages = -(-len(found) // size)
        head = {"total": len(found), "perPage": size, "pagesCount": pages}
        return {**head, "entities": found[(number - 1) * size : number * size]}

    def _conflict(self, kind: str, parent: str, place: int, name: str) -> Json | None:
        for one in self.kept[kind].values():
            if (one.get(parent), one["name"]) == (place, name):
                return {"type": "NONUNIQUE", "message": "taken", "errors": [{"name": name, "id": one["id"]}]}
        return None

    def _add(self, kind: str, parent: str, body: Json) -> Json:
        return self._conflict(kind, parent, body[parent], body["name"]) or self.put(kind, **body)

    def _update_meta(self, body: Json) -> Json:
        numbered = {
            key: [{**one, "id": index} for index, one in enumerate(body["meta"][key], 1)] for key in ("classes", "tags")
        }
        self.metas[body["id"]] = numbered
        return numbered

    def _add_images(self, body: Json) -> Any:
        for one in body["images"]:
            conflict = self._conflict("images", "datasetId", body["datasetId"], one["title"])
            if conflict:
                return conflict
        infos = []
        for one in body["images"]:
            content = self.blobs[one["hash"]]
            infos.append(self.kept["images"][self.put_image(body["datasetId"], content, name=one["title"])])
        return infos

    def _annotate(self, body: Json) -> Json:
        self.annotations.update({one["imageId"]: one["annotation"] for one in body["annotations"]})
        return {}

    def _annotation(self, image: int) -> Json | None:
        empty = {"description": "", "size": {"height": 8, "width": 9}, "tags": [], "objects": []}
        known = self.kept["images"].get(image)
        kept = self.annotations.get(image, empty)
        if known is None:
            return None
        return {"imageId": image, "imageName": known["name"], "annotation": kept, "createdAt": "today"}

    def _store(self, request: Received) -> Reply:
        boundary = request.headers["content-type"].partition("boundary=")[2].encode()
        parts = request.body.split(b"--" + boundary)[1:-1]
        files = [part.partition(b"\r\n\r\n")[2][:-2] for part in parts]
        self.blobs.update({sha(content): content for content in files})
        return self.reply([{"hash": sha(content)} for content in files])

    def _content(self, image: int) -> bytes:
        return self.blobs[self.kept["images"][image]["hash"]]

    def _file(self, request: Received) -> Reply:
        return self.reply(self._content(request.json["id"]), headers={"Content-Type": "image/jpeg"})

    def _files(self, request: Received) -> Reply:
        body = b""
        for image in reversed(request.json["imageIds"]):
            head = f'--lim\r\nContent-Disposition: form-data; name="{image}"; filename="a; name=7"\r\n\r\n'
            body += head.encode() + self._content(image) + b"\r\n"
        return self.reply(body + b"--lim--\r\n", headers={"Content-Type": "multipart/form-data; boundary=lim"})
