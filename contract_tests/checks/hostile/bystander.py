"""Another client of the same server, which asks the whole time and must notice nothing but a delay."""

import http.client
import json
import threading
import time

_IMAGE = json.dumps({"state": {"image_id": 171250}, "context": {}}).encode()
_HEADERS = {"Content-Type": "application/json"}
_PAUSE = 0.005


class Bystander:
    """Asks get_session_info and inference_image_id in turns from a thread of its own. Seconds per answer by phase."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._address = address
        self._over = threading.Event()
        self.seconds: list[float] = []
        """Of this phase, one per answer."""
        self.errors: list[str] = []
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Bystander":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(60)

    def phase(self) -> list[float]:
        """The seconds since the last phase, sorted; a new one begins."""
        done, self.seconds = self.seconds, []
        return sorted(done)

    def _run(self) -> None:
        wire = http.client.HTTPConnection(*self._address, timeout=60)
        while not self._over.is_set():
            for route, body in (("get_session_info", b"{}"), ("inference_image_id", _IMAGE)):
                begun = time.perf_counter()
                try:
                    wire.request("POST", f"/{route}", body, _HEADERS)
                    answer = wire.getresponse()
                    answer.read()
                    if answer.status != 200:
                        self.errors.append(f"{route}: {answer.status}")
                except (OSError, http.client.HTTPException) as error:
                    self.errors.append(f"{route}: {error!r}")
                    wire.close()
                self.seconds.append(time.perf_counter() - begun)
            time.sleep(_PAUSE)
        wire.close()


def quantile(seconds: list[float], share: float) -> float:
    """Milliseconds that this share of sorted seconds does not exceed."""
    return 1000 * seconds[min(len(seconds) - 1, int(share * len(seconds)))] if seconds else 0.0
