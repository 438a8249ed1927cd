"""Where entities of a world lie in the store. Nothing else knows the keys."""

import hashlib
from typing import Any, Literal, NamedTuple

Entity = dict[str, Any]
Kind = Literal[
    "task",
    "project",
    "dataset",
    "image",
    "video",
    "annotation",
    "meta",
    "user",
    "team",
    "workspace",
    "class",
    "tag",
    "figure",
]
PARENTS: dict[Kind, str] = {
    "task": "workspaceId",
    "project": "workspaceId",
    "dataset": "projectId",
    "image": "datasetId",
    "video": "datasetId",
    "annotation": "datasetId",
    "workspace": "teamId",
}
"""Which field of an entity holds the id of what it lies in; other kinds lie in the world itself."""


class Keys(NamedTuple):
    """Keys under the prefix of one world."""

    prefix: str

    def locator(self, kind: Kind, entity_id: int) -> str:
        """Has the key of the record of that id."""
        return f"{self.prefix}at:{kind}:{entity_id}"

    def kind(self, kind: Kind) -> str:
        """Begins the records of a kind."""
        return f"{self.prefix}{kind}/"

    def shelf(self, kind: Kind, parent: int) -> str:
        """Begins the records of a kind in one parent, and counts them."""
        return f"{self.kind(kind)}{parent}/"

    def record(self, kind: Kind, entity: Entity) -> str:
        """Has an entity."""
        # Padded, so that the store's order of keys is the order of ids.
        return f"{self.shelf(kind, parent_of(kind, entity))}{entity['id']:020d}"

    def ids(self, kind: Kind) -> str:
        """Counts the ids that were given."""
        return f"{self.prefix}ids:{kind}"

    def name(self, kind: Kind, entity: Entity) -> str:
        """Has the id of what bears the name of an entity in its parent."""
        # Datasets lie in each other too, but are listed by project.
        inner = entity.get("parentId") or 0 if kind == "dataset" else 0
        name = hashlib.sha256(str(entity["name"]).encode("utf-8", "surrogatepass")).hexdigest()
        return f"{self.prefix}name:{kind}:{parent_of(kind, entity)}:{inner}:{name}"

    def file(self, sha256: str = "") -> str:
        """Has the path of a file of the operator's, by its hash; without one, begins them."""
        return f"{self.prefix}file:{sha256}"

    def declared(self, name: str) -> str:
        """Has what a scenario put under the name of a project."""
        return f"{self.prefix}declared:{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()}"


def parent_of(kind: Kind, entity: Entity) -> int:
    """The id of what an entity lies in; 0: the world itself."""
    return int(entity.get(PARENTS.get(kind, "")) or 0)
