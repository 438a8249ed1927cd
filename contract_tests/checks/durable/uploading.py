"""Clients that upload as the official SDK does, and remember what was acknowledged, until the server is gone."""

import base64
import hashlib
import struct
import zlib
from typing import NamedTuple

import requests

from .served import Platform, Served

SIDE = 24
WORKSPACE = 661


class Picture(NamedTuple):
    """A picture that was acknowledged."""

    image_id: int
    dataset_id: int
    name: str
    content: bytes


class Batch(NamedTuple):
    """Names that one request asked for: all are there afterwards, or none."""

    dataset_id: int
    names: list[str]


class Ledger:
    """What one client was told 200 about, and what it had asked last."""

    def __init__(self) -> None:
        self.projects: dict[int, str] = {}
        self.datasets: dict[int, int] = {}
        self.contents: list[bytes] = []
        self.pictures: list[Picture] = []
        self.annotations: dict[int, str] = {}
        self.batches: list[Batch] = []


def png(key: str) -> bytes:
    """A small picture that is like no other."""
    noise = b"".join(hashlib.sha256(f"{key} {row}".encode()).digest()[:SIDE] for row in range(SIDE))
    rows = b"".join(b"\0" + noise[row * SIDE : (row + 1) * SIDE] for row in range(SIDE))
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", SIDE, SIDE, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    ]
    chunks = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def hash_of(content: bytes) -> str:
    """The platform's hash."""
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def upload_until_killed(server: Served, name: str, ledger: Ledger, batch: int = 4) -> None:
    """Make projects with three batches of annotated pictures each, until nobody answers."""
    platform, number = Platform(server), 0
    try:
        while True:
            _project(platform, f"{name} {number}", ledger, batch)
            number += 1
    except requests.RequestException:
        return
    finally:
        platform.close()


def _project(platform: Platform, name: str, ledger: Ledger, batch: int) -> None:
    project_id = platform.ask("projects.add", {"workspaceId": WORKSPACE, "name": name})["id"]
    ledger.projects[project_id] = name
    meta = {"classes": [{"title": "car", "shape": "rectangle", "color": "#FF0000"}], "tags": []}
    platform.ask("projects.meta.update", {"id": project_id, "meta": meta})
    dataset_id = platform.ask("datasets.add", {"projectId": project_id, "name": "ds"})["id"]
    ledger.datasets[dataset_id] = project_id
    for at in range(3):
        _batch(platform, dataset_id, f"{name} {at}", ledger, batch)


def _batch(platform: Platform, dataset_id: int, key: str, ledger: Ledger, batch: int) -> None:
    names = [f"{key} {at}.png" for at in range(batch)]
    contents = [png(one) for one in names]
    known = platform.ask("images.internal.hashes.list", [hash_of(one) for one in contents])
    assert platform.upload(contents) == [hash_of(one) for one in contents]
    assert known == []
    ledger.contents += contents
    ledger.batches.append(Batch(dataset_id, names))
    images = [{"title": name, "hash": hash_of(one)} for name, one in zip(names, contents, strict=True)]
    added = platform.ask("images.bulk.add", {"datasetId": dataset_id, "images": images})
    for one, content in zip(added, contents, strict=True):
        ledger.pictures.append(Picture(one["id"], dataset_id, one["name"], content))
    told = {one["id"]: f"of {one['name']}" for one in added}
    sent = [{"imageId": image_id, "annotation": annotation(text)} for image_id, text in told.items()]
    platform.ask("annotations.bulk.add", {"datasetId": dataset_id, "annotations": sent})
    ledger.annotations.update(told)


def annotation(text: str) -> dict[str, object]:
    """An annotation that is known again by its text."""
    car = {"classTitle": "car", "geometryType": "rectangle", "description": text, "tags": [],
           "points": {"exterior": [[0, 0], [9, 9]], "interior": []}}  # fmt: skip
    return {"description": text, "size": {"height": SIDE, "width": SIDE}, "tags": [], "objects": [car]}
