"""The whole journey, client against fake over a real socket, with the values that a served YOLOv5 gave once."""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tqdm import tqdm

import modeldouble.sly as sly
import modeldouble_server
from modeldouble import ResultsLost, Session
from modeldouble_server.default_world import DATA, URL

RIDER, ORANGES, THIRD, VIDEO = 171250, 17551748, 17551750, 18635803
CLASSES_PER_FRAME = [
    ["car"], ["car", "truck", "car"], ["car", "car"], ["car", "car"], ["car", "car"],
    ["car"], ["car", "car"], ["car", "car"], ["car"], ["car"],
]  # fmt: skip
SCRIPT = """
import os
from dotenv import load_dotenv
import modeldouble.sly as sly
load_dotenv(os.path.expanduser("~/supervisely.env"))
session = sly.nn.inference.Session(sly.Api(), task_id=27209)
print([one["classTitle"] for one in session.inference_image_id(171250)["annotation"]["objects"]])
print(len(list(session.inference_video_id_async(18635803))))
"""


@pytest.fixture(scope="module")
def server() -> Iterator[modeldouble_server.Server]:
    with modeldouble_server.serve() as running:
        yield running


@pytest.fixture
def session(server: modeldouble_server.Server) -> Session:
    api = sly.Api(server.server_address, server.api_token)
    return sly.nn.inference.Session(api, task_id=server.task_id)


def classes(prediction: object) -> list[str]:
    assert isinstance(prediction, dict)
    return [one["classTitle"] for one in prediction["annotation"]["objects"]]


def test_the_rider_is_found_where_the_model_found_it(session: Session) -> None:
    session.update_inference_settings(conf_thres=0.45)
    prediction = session.inference_image_id(RIDER)
    assert prediction["annotation"]["size"] == {"height": 1600, "width": 1280}
    person, horse = prediction["annotation"]["objects"]
    assert (person["classTitle"], person["points"]["exterior"]) == ("person", [[764, 272], [1062, 1002]])
    assert (horse["classTitle"], horse["points"]["exterior"]) == ("horse", [[393, 412], [1274, 1435]])
    assert [one["tags"][0]["value"] for one in (person, horse)] == [0.869140625, 0.87109375]


def test_the_same_picture_by_id_by_path_and_from_memory_is_one_answer(session: Session) -> None:
    file = DATA / "world" / "17551748.jpg"
    answers = [
        session.inference_image_id(ORANGES),
        session.inference_image_path(file),
        session.inference_image(file.read_bytes()),
    ]
    assert [one["annotation"] for one in answers] == [answers[0]["annotation"]] * 3
    assert answers[0]["annotation"]["objects"][0]["points"] == {"exterior": [[522, 114], [814, 381]], "interior": []}


def test_batches_and_urls(session: Session) -> None:
    paths = [DATA / "world" / "171250.jpg", DATA / "world" / "17551748.jpg"]
    assert [classes(one) for one in session.inference_image_paths(paths)] == [["person", "horse"], ["orange"]]
    assert next(classes(one) for one in session.inference_image_ids([ORANGES, THIRD])) == ["orange"]
    assert session.inference_image_url(URL)["annotation"]["size"]["width"] == 387


def test_the_classes_of_every_frame(session: Session) -> None:
    session.set_inference_settings({"conf_thres": 0.55})
    frames = session.inference_video_id_async(VIDEO)
    assert len(frames) == 10
    assert [classes(one) for one in tqdm(frames, disable=True)] == CLASSES_PER_FRAME


def test_log_lines_come_in_the_order_of_the_journey(session: Session, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="modeldouble"):
        seen = 0
        for number, _ in enumerate(session.inference_video_id_async(VIDEO)):
            seen += 1
            if number == 2:
                session.stop_async_inference()
    assert seen == 3
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("INFO", "The video is preparing on the server, this may take a while..."),
        ("INFO", "Inference has started:"),
        ("INFO", "Inference will be stopped on the server"),
    ]


def test_a_part_of_a_video_at_once(session: Session) -> None:
    part = session.inference_video_id(VIDEO, start_frame_index=5, frames_count=15, frames_direction="forward")
    assert [classes(one) for one in part] == CLASSES_PER_FRAME[5:]


def test_a_frame_that_the_fake_loses_is_told_by_the_client(session: Session, server: modeldouble_server.Server) -> None:
    job = session.inference_video_id_async(VIDEO, 0, 3)
    model = server.fake.models[server.session_token]
    server.clock.advance(60)
    assert server.call(model.board.pop(job.uuid, 1)).end == 1
    with pytest.raises(ResultsLost) as lost:
        list(job)
    assert lost.value.missing == [0]


def test_a_script_for_the_official_names_runs_without_the_persons_credentials(tmp_path: Path) -> None:
    own = tmp_path / "supervisely.env"
    own.write_text('SERVER_ADDRESS="http://127.0.0.1:9"\nAPI_TOKEN="own"\n', encoding="utf-8")
    (tmp_path / "script.py").write_text(SCRIPT, encoding="utf-8")
    before = own.read_bytes()
    command = [sys.executable, "-m", "modeldouble_server.cli", "run", "--", sys.executable, str(tmp_path / "script.py")]
    done = subprocess.run(
        command, env={**os.environ, "HOME": str(tmp_path)}, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    printed = [line for line in done.stdout.splitlines() if not line.startswith("{")]
    assert printed == ["['person', 'horse']", "10"]
    assert own.read_bytes() == before
