"""Datasets: the folders of a project."""

from __future__ import annotations

from modeldouble.platform.calls import Calls, listing
from modeldouble.platform.creating import Place, create
from modeldouble.platform.infos import DatasetInfo, dataset_info
from modeldouble.values import whole_number


class DatasetApi:
    """Datasets: the folders of a project."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def create(
        self, project_id: int, name: str, description: str = "", change_name_if_conflict: bool = False
    ) -> DatasetInfo:
        """Create a dataset; with `change_name_if_conflict` as name_001, name_002, ... when the name is taken.

        Raises `NameTaken` with the id of the dataset that has the name, `CreateUncertain` when the answer was lost.
        """
        place = Place("dataset", "datasets", "projectId", whole_number("project_id", project_id, 1))
        answer = create(self._calls, place, name, {"description": description}, change_name_if_conflict)
        return dataset_info("datasets.add", answer)

    def get_info_by_id(self, id: int) -> DatasetInfo:
        """Return what the platform knows of a dataset. Raises `NotFound` when there is none."""
        body = {"id": whole_number("dataset_id", id, 1)}
        return dataset_info("datasets.info", self._calls.object("datasets.info", body, self._calls.end()))

    def get_list(self, project_id: int, recursive: bool = False) -> list[DatasetInfo]:
        """Return the datasets of a project, by id; with `recursive` also those inside other datasets."""
        parent = {"projectId": whole_number("project_id", project_id, 1), "recursive": bool(recursive)}
        found = self._calls.all("datasets.list", listing(parent), self._calls.end())
        return [dataset_info("datasets.list", one) for one in found]
