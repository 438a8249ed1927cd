"""What must hold of a folder and of the server on it, after any kill."""

import hashlib
import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from .served import Json, Platform
from .uploading import WORKSPACE, Ledger, hash_of

_RECORD = re.compile(r"world:0:([a-z]+)/(\d+)/(\d{20})")


def check_folder(folder: Path) -> None:
    """Contents are what their names say, nothing temporary is left, and records, locators, names and counters agree."""
    assert [one for one in folder.rglob("*") if one.suffix in (".part", ".tmp")] == []
    for one in (folder / "contents").glob("*/*"):
        assert hashlib.sha256(one.read_bytes()).hexdigest() == one.name, f"{one} is half made"
    with closing(sqlite3.connect(folder / "state.sqlite")) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        entries = dict(db.execute("SELECT key, value FROM entry WHERE key LIKE 'world:0:%'").fetchall())
        counters = dict(db.execute("SELECT key, value FROM counter WHERE key LIKE 'world:0:%'").fetchall())
    records = {key: found for key in entries if (found := _RECORD.fullmatch(key))}
    located = {raw.decode() for key, raw in entries.items() if key.startswith("world:0:at:")}
    assert located == set(records), "a record without locator, or a locator without record"
    shelves = Counter(f"world:0:{found[1]}/{found[2]}/" for found in records.values())
    assert shelves == {key: value for key, value in counters.items() if key.endswith("/") and value}
    for kind in {found[1] for found in records.values()}:
        assert counters[f"world:0:ids:{kind}"] >= max(int(one[3]) for one in records.values() if one[1] == kind)
    _check_names(entries)


def _check_names(entries: dict[str, bytes]) -> None:
    named = {}
    for key, raw in entries.items():
        if key.startswith("world:0:name:"):
            kind = key.split(":")[3]
            record = entries[f"world:0:at:{kind}:{raw.decode()}"].decode()
            digest = hashlib.sha256(json.loads(entries[record])["name"].encode()).hexdigest()
            assert key.endswith(digest), f"{key} is taken by nothing"
            named[record] = key
    bearers = [key for key in entries if _RECORD.fullmatch(key) and "name" in json.loads(entries[key])]
    assert set(bearers) == set(named), "an entity without its name"


def check_acknowledged(platform: Platform, ledger: Ledger) -> None:
    """Everything that a client was told is there, byte for byte, and what it was not told is whole or absent."""
    for project_id, name in ledger.projects.items():
        assert platform.ask("projects.info", {"id": project_id})["name"] == name
    for dataset_id, project_id in ledger.datasets.items():
        assert platform.ask("datasets.info", {"id": dataset_id})["projectId"] == project_id
    hashes = [hash_of(one) for one in ledger.contents]
    assert platform.ask("images.internal.hashes.list", hashes) == hashes
    for one in ledger.pictures:
        assert platform.ask("images.info", {"id": one.image_id})["name"] == one.name
        assert platform.content("images.download", {"id": one.image_id}) == one.content
    for image_id, text in ledger.annotations.items():
        kept = platform.ask("annotations.info", {"imageId": image_id})["annotation"]
        assert (kept["description"], kept["objects"][0]["description"]) == (text, text)
    for dataset_id, names in ledger.batches:
        listed = {one["name"] for one in platform.all("images.list", {"datasetId": dataset_id})}
        assert len(listed & set(names)) in (0, len(names)), "half of one request"


def check_listed(platform: Platform, projects: Iterable[int]) -> None:
    """What is listed is whole: found by id, downloaded with its hash, counted once."""
    for project in (one for one in platform.all("projects.list", {"workspaceId": WORKSPACE}) if one["id"] in projects):
        datasets = platform.all("datasets.list", {"projectId": project["id"]})
        listed = [one for dataset in datasets for one in _pictures(platform, dataset)]
        assert (project["datasetsCount"], project["imagesCount"]) == (len(datasets), len(listed))
        assert platform.ask("projects.meta", {"id": project["id"]})["projectType"] == "images"


def _pictures(platform: Platform, dataset: Json) -> list[Json]:
    images = platform.all("images.list", {"datasetId": dataset["id"]})
    assert dataset["imagesCount"] == len(images)
    for one in images:
        content = platform.content("images.download", {"id": one["id"]})
        facts = (hash_of(content), len(content))
        assert (one["hash"], int(one["size"])) == facts
        found = platform.ask("annotations.info", {"imageId": one["id"]})["annotation"]
        assert one["labelsCount"] == len(found["objects"])
    return images
