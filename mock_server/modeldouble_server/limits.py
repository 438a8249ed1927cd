"""What a caller may ask for at most: every resource of the fake is bounded, and each bound has a clear answer.

The table in docs/security.md is made of this page: python -m modeldouble_server.guards.reference docs/security.md
"""

from typing import NamedTuple


class Limits(NamedTuple):
    """Bounds of one server, each an option: `modeldouble serve --limit NAME=VALUE`.

    Too many bytes are answered with 413, what takes too long with 408, what would do at another time with 429 or 503,
    every other excess with 400.
    """

    body_bytes: int = 256 * 1024 * 1024
    """Bytes of a request body, multipart framing included."""
    json_bytes: int = 8 * 1024 * 1024
    """Bytes of a JSON body or of a `settings` part."""
    json_depth: int = 64
    """Nesting of objects and arrays in JSON."""
    files: int = 1000
    """Parts named `files` in one form; real servers stop at 1000 as well."""
    parts: int = 1000
    """Other parts of such a form."""
    pixels: int = 80_000_000
    """Width times height of a picture, read from its header before anything is decoded."""
    ids: int = 10_000
    """Image ids in one request."""
    iterations: int = 1_000_000
    """Batches that a speed test measures, and likewise those before."""
    sync_frames: int = 10_000
    """Frames that a synchronous video request may answer in one body."""
    pop: int = 500
    """Results that one pop hands out."""
    live_jobs: int = 200_000
    """Jobs of one server that were started and have neither been cleared nor expired."""
    entities: int = 100_000
    """Entities of one kind in one parent: pictures of a dataset, datasets of a project, projects of a workspace."""
    per_page: int = 500
    """Entities of one page of a list, unless the request says how many."""
    images_per_page: int = 10_000
    """Likewise of pictures."""
    batch: int = 1000
    """Entities of one `bulk` request to the platform; official clients send 50."""
    held_bytes: int = 1024**3
    """Bytes of all uploads that the server holds."""
    name: int = 255
    """Characters of the name of a project, dataset or picture, and its bytes in UTF-8: what a file system takes."""
    classes: int = 10_000
    """Classes, and likewise tags, of one project."""
    faults: int = 100
    """Faults that are ordered of one model at a time."""
    journal_entries: int = 10_000
    """Requests that the journal of one model keeps; 0: none, and nothing is noted."""
    journal_bytes: int = 16 * 1024 * 1024
    """Bytes that they take."""
    models: int = 10_000
    """Models of one server, the tenants of parallel tests among them."""
    stubs: int = 100_000
    """Stubs of one model."""
    uploading_bytes: int = 1024**3
    """Bytes of the bodies of all requests under way; one more is a 429."""
    connections: int = 10_000
    """Connections, or what the process may open files for less 100. Beyond it the longest idle one makes room, and
    where none is idle the new one is answered with 503."""
    line_bytes: int = 8190
    """Bytes of a request line, and likewise of one header."""
    headers: int = 128
    """Headers of one request."""
    head_seconds: float = 10.0
    """Seconds from the first byte of a request to the end of its headers."""
    idle_seconds: float = 75.0
    """Seconds without a request after which a connection is closed."""
    body_silence_seconds: float = 30.0
    """Seconds without a byte of a body that is not whole."""
    body_seconds: float = 600.0
    """Seconds that a whole body may take."""
    answer_silence_seconds: float = 300.0
    """Seconds in which a caller takes nothing of an answer, after which the connection is reset."""
    linger_seconds: float = 10.0
    """Seconds for which a body that was refused is read and thrown away, so that its sender sees the answer."""
