"""What hostile callers do to a server: each attack is a function that tells what it was answered."""

import io
import socket
import struct
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from gzip import compress

PATIENCE = 60.0
FORM = "multipart/form-data; boundary=XX"
FILE = b'--XX\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\n'
END = b"\r\n--XX--\r\n"
_PIECE = b"x" * (1 << 20)
Address = tuple[str, int]
Attack = Callable[[Address, float], str]
"""Takes an address and the share of the full size; tells the statuses that came."""


def _head(route: str, kind: str, size: int, more: str = "") -> bytes:
    base = f"POST /{route} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: {kind}\r\n{more}"
    return f"{base}Content-Length: {size}\r\n\r\n".encode()


def _plug(address: Address) -> socket.socket:
    return socket.create_connection(address, timeout=PATIENCE)


def _told(plug: socket.socket) -> str:
    """The status that comes, or how the connection ends without one."""
    try:
        first = plug.recv(65536)
        while plug.recv(1 << 20):
            pass
    except ConnectionError:
        first = b""
    except TimeoutError:
        return "nothing"
    return first.split(b" ", 2)[1].decode() if first.startswith(b"HTTP/") else "closed"


def _sent(address: Address, pieces: Iterator[bytes]) -> str:
    """Send pieces for as long as they are taken, and tell the answer."""
    with _plug(address) as plug:
        try:
            for piece in pieces:
                plug.sendall(piece)
        except ConnectionError:
            pass
        return _told(plug)


def _counted(told: list[str]) -> str:
    return ", ".join(f"{status} x {number}" if number > 1 else status for status, number in Counter(told).items())


def _form(size: int) -> Iterator[bytes]:
    whole = len(FILE) + size + len(END)
    yield _head("inference_image", FORM, whole) + FILE
    for at in range(0, size, len(_PIECE)):
        yield _PIECE[: min(len(_PIECE), size - at)]
    yield END


def large_upload(address: Address, share: float) -> str:
    """300 MB of what is no picture."""
    return _sent(address, _form(int(300_000_000 * share)))


def many_files(address: Address, share: float) -> str:
    """1,001 files in one form."""
    body = (FILE + b"x\r\n") * 1001 + b"--XX--\r\n"
    return _sent(address, iter([_head("inference_batch", FORM, len(body)), body]))


def _png(width: int, height: int, content: bytes) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", content) + chunk(b"IEND", b"")


def _picture(address: Address, content: bytes) -> str:
    body = FILE + content + END
    return _sent(address, iter([_head("inference_image", FORM, len(body)), body]))


def huge_picture(address: Address, share: float) -> str:
    """The header of a PNG of 60,000 x 60,000 pixels."""
    return _picture(address, _png(60_000, 60_000, zlib.compress(b"")))


def zip_bomb_picture(address: Address, share: float) -> str:
    """A PNG of 100 x 100 pixels whose IDAT unpacks to 1 GB."""
    packer, packed = zlib.compressobj(9), io.BytesIO()
    for _ in range(int(1000 * share)):
        packed.write(packer.compress(bytes(1_000_000)))
    return _picture(address, _png(100, 100, packed.getvalue() + packer.flush()))


def nested_json(address: Address, share: float) -> str:
    """10 MB of nested JSON, and as much as is read at most."""
    deep = [b'{"state":' + b"[" * size + b"]" * size + b"}" for size in (5_000_000, int(4_100_000 * share))]
    told = [_sent(address, iter([_head("inference_image_id", "application/json", len(one)), one])) for one in deep]
    return _counted(told)


def nested_multipart(address: Address, share: float) -> str:
    """Multipart in multipart, 1,000 deep."""
    head = (
        b'--X%d\r\nContent-Disposition: form-data; name="files"\r\nContent-Type: multipart/mixed; boundary=X%d\r\n\r\n'
    )
    body = FILE + b"x\r\n--XX\r\nContent-Type: multipart/mixed; boundary=X0\r\n\r\n"
    body += b"".join(head % (at, at + 1) for at in range(1000))
    return _sent(address, iter([_head("inference_image", FORM, len(body)), body]))


def packed_bodies(address: Address, share: float) -> str:
    """1 GB packed by gzip, and by deflate."""
    packed = compress(bytes(int(1_000_000_000 * share)), 1)
    told = []
    for kind in ("gzip", "deflate"):
        head = _head("inference_image_id", "application/json", len(packed), f"Content-Encoding: {kind}\r\n")
        told.append(_sent(address, iter([head, packed])))
    return _counted(told)


def _dripped(address: Address, count: int, first: bytes, piece: bytes) -> str:
    """Many connections, each of which sends a piece each half second until it is answered, for 100 s at most."""
    with ExitStack() as stack:
        plugs = [stack.enter_context(_plug(address)) for _ in range(count)]
        told = {plug: "" for plug in plugs}
        for plug in plugs:
            plug.sendall(first)
            plug.settimeout(0.5 / count)
        for _ in range(200):
            for plug in [one for one, status in told.items() if not status]:
                told[plug] = _drip(plug, piece)
        return _counted([status or "still open" for status in told.values()])


def _drip(plug: socket.socket, piece: bytes) -> str:
    try:
        plug.sendall(piece)
        said = plug.recv(65536)
    except TimeoutError:
        return ""
    except ConnectionError:
        return "closed"
    return said.split(b" ", 2)[1].decode() if said.startswith(b"HTTP/") else "closed"


def slow_heads(address: Address, share: float) -> str:
    """200 connections whose headers drip."""
    return _dripped(address, int(200 * share), b"GET /livez HTTP/1.1\r\nHost: a\r\n", b"X: y\r\n")


def slow_bodies(address: Address, share: float) -> str:
    """200 bodies of which a first piece comes, and then nothing."""
    head = _head("inference_image", FORM, 1_000_000) + FILE
    return _dripped(address, int(200 * share), head, b"")


def idle_connections(address: Address, share: float) -> str:
    """5,000 connections that send nothing; then each asks once."""
    with ExitStack() as stack:
        plugs = [stack.enter_context(_plug(address)) for _ in range(int(5000 * share))]
        told = []
        for plug in plugs:
            with suppress(ConnectionError):
                plug.sendall(b"GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            told.append(_told(plug))
        return _counted(told)


def broken_chunks(address: Address, share: float) -> str:
    """Chunks of no size, of a negative one, of an endless one, and without their end."""
    told = []
    head = b"POST /inference_image_id HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    for chunk in (b"ZZ\r\n", b"-1\r\nx\r\n", b"f" * 100_000, b"2\r\n{}xx0\r\n\r\n"):
        told.append(_sent(address, iter([head, chunk])))
    return _counted(told)


def endless_head(address: Address, share: float) -> str:
    """A header that never ends, and headers that never end."""
    first = b"GET /livez HTTP/1.1\r\nHost: a\r\nX: "
    long = (first if at == 0 else _PIECE for at in range(50))
    many = (first if at == 0 else b"\r\nX: y" * 1000 for at in range(1000))
    return _counted([_sent(address, long), _sent(address, many)])


def pipelined_flood(address: Address, share: float) -> str:
    """20,000 requests on one connection, whose sender reads none of the answers before the end."""
    count = int(20_000 * share)
    one = b"POST /get_session_info HTTP/1.1\r\nHost: a\r\n\r\n"
    last = b"GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    with _plug(address) as plug:
        plug.settimeout(2)
        sent = 0
        try:
            for _ in range(count):
                plug.sendall(one)
                sent += 1
        except TimeoutError:
            # The server takes no more of what it cannot answer. Half a request is the end of this connection.
            return f"held back after {sent // 1000 * 1000:,}"
        plug.sendall(last)
        plug.settimeout(PATIENCE)
        answered = b"".join(iter(lambda: plug.recv(1 << 20), b"")).count(b"HTTP/1.1 200 ")
    return f"200 x {answered}"


ATTACKS: dict[str, tuple[Attack, str]] = {
    "300 MB upload": (large_upload, "413"),
    "1,001 files": (many_files, "400"),
    "PNG header of 60,000 x 60,000": (huge_picture, "400"),
    "PNG whose pixels unpack to 1 GB": (zip_bomb_picture, "200|400"),
    "10 MB and 8 MB of nested JSON": (nested_json, "413, 400"),
    "multipart nested 1,000 deep": (nested_multipart, "400"),
    "1 GB in a gzip and a deflate body": (packed_bodies, "400 x 2"),
    # On a busy machine a body may be given up before its bad chunk has come.
    "broken chunks": (broken_chunks, "400 x 4|408, 400 x 3|408 x 2, 400 x 2"),
    # Whoever goes on sending when nobody reads any more may lose the answer.
    "endless header, endless headers": (endless_head, "(400|closed)( x 2|, (400|closed))"),
    "20,000 pipelined requests": (pipelined_flood, "200 x .*|held back after .*"),
    "200 dripping heads": (slow_heads, "408 x .*"),
    "200 bodies that stop": (slow_bodies, "408 x .*"),
    "5,000 idle connections": (idle_connections, "200 x .*"),
}
"""Each with the pattern of what it is answered."""
