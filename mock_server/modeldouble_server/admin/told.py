"""What the admin API answers. Its OpenAPI document, `openapi.yaml` beside this file, says what each key means."""

from typing import Any, Literal, TypedDict


class Counts(TypedDict):
    """What a model has, and how often it was asked: requests, and pictures and videos in them."""

    requests: int
    received: int
    stubs: int
    faults: int
    misses: int


class ModelLine(TypedDict):
    """A model in the list."""

    id: int
    name: str
    kind: Literal["operator", "tenant"]
    counts: Counts


class ModelDetails(ModelLine):
    """A model. `session_url` and `api_token` are secrets: they open it. Times in seconds."""

    session_url: str
    server_address: str
    api_token: str | None
    task_id: Any
    session_info: dict[str, Any]
    pace: float
    preparation: float
    jobs: dict[str, int]
    deviations: dict[str, str]
    unused: int
    latency: str | None
    classes: list[dict[str, str]]
    settings: dict[str, Any]


class Stub(TypedDict):
    """A stub: its conditions in words, and how many calls it answered."""

    number: int
    when: str
    uses: int
    live: bool
    answers: list[str]


class Order(TypedDict):
    """A fault that was ordered, in words."""

    number: int
    sentence: str


class Faults(TypedDict):
    """The orders as they were written, and how often each fault was met."""

    faults: list[dict[str, Any]]
    fired: dict[str, int]


class Clock(TypedDict):
    """Epoch seconds of a model's clock, and for how many of them it was advanced."""

    now: float
    ahead: float


class Latency(TypedDict):
    """How long pictures take; `label` says whether that was measured. Both None: they take no time."""

    label: str | None
    document: dict[str, Any] | None


class _Answered(TypedDict, total=False):
    server: str


class Entry(_Answered):
    """A request in a journal. `time` is the model's, `duration` in real seconds, `status` 0 where none was sent.

    `server`, the host name and process that answered, is there where servers share a store.
    """

    number: int
    time: float
    method: str
    route: str
    status: int
    duration: float
    received: int | None
    settings: str
    contents: list[dict[str, Any]]
    pictures: int
    stubs: list[int]
    job: str | None
    fault: str | None
    error: str | None


class Asked(TypedDict):
    """A picture or a video that a model was asked about. `frames` are start, stop and step."""

    number: int
    route: str
    sha256: str
    name: str | None
    image_id: int | None
    url: str | None
    video_id: int | None
    frames: list[int] | None
    settings: dict[str, Any]


class Job(TypedDict):
    """A job. `started` by the model's clock, `pace` in seconds, `frames` of a video as start, stop and step."""

    uuid: str
    state: str
    inferred: int
    total: int
    handed_out: int
    started: float
    pace: float
    route: str | None
    name: str | None
    video_id: int | None
    frames: list[int] | None
    over: bool
    stopped: bool


class Jobs(TypedDict):
    """The newest jobs, and how many there are by state."""

    jobs: list[Job]
    counts: dict[str, int]


class Media(TypedDict):
    """Pictures and videos of a world: id, name, width and height; of videos also frames, fps and content."""

    images: list[dict[str, Any]]
    videos: list[dict[str, Any]]


class Look(TypedDict):
    """What a model would answer. `size` is width and height; `by` who, `refused` why not, one of which is None.

    Each frame has `frame`, its index or None, `objects` and `tags`; boxes are left, top, right, bottom, inclusive.
    """

    size: list[int]
    settings: dict[str, Any]
    by: str | None
    refused: str | None
    frames: list[dict[str, Any]]


class Miss(TypedDict):
    """A question that no stub answered, or, `tied`, two."""

    call: int
    tied: bool
    text: str


class ServerDetails(TypedDict):
    """The server: its limits by name, seed, dialect and counts. `uptime` in seconds."""

    version: str
    uptime: float
    seed: int
    dialect: dict[str, str]
    limits: dict[str, float]
    counts: dict[str, int | None]
