"""The life of jobs, seen by four clients: it must never differ from its model. After each step another one looks."""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine

from modeldouble_server.default_world import VIDEO_ID

from . import begin, told
from .life import MINUTE, TICKS, Json, Life, begun, failed
from .served import Said, Served
from .together import assert_refused, last, plain, reachable

_EACH, _SURELY = 50, 38
"""Steps of one life at most, and those that lives have on average at least: some end early."""
CLIENTS = st.integers(0, 3)
RECENT = st.integers(0, 2)
"""Which job, from the one that was started last: or a few would have no adventures."""
MORE = st.lists(st.sampled_from(["pop", "stop", "clear", "look"]), max_size=2)
ROUTES = {
    "look": "get_inference_progress",
    "pop": "pop_inference_results",
    "stop": "stop_inference",
    "clear": "clear_inference_request",
}


def some(machine: "Jobs") -> bool:
    return bool(machine.lives)


def room(machine: "Jobs") -> bool:
    """Few jobs, to each of which much is done."""
    return sum(life.known(machine.now) for life in machine.lives.values()) <= machine.done % 4


class Jobs(RuleBasedStateMachine):
    """`served` is set by the test that runs it: one server for all runs, whose jobs do not know of each other."""

    served: Served
    steps = lived = 0

    def __init__(self) -> None:
        super().__init__()
        type(self).lived += 1
        self.lives: dict[str, Life] = {}
        self.results: dict[str, list[Json]] = {}
        self.preparation = self.pace = self.done = 0
        self.seen: str | None = None

    @property
    def now(self) -> int:
        return self.served.tick

    @initialize(preparation=st.sampled_from([0, 1, 40, 200]), pace=st.sampled_from([0, 1, 16, 64, 64]))
    def play(self, preparation: int, pace: int) -> None:
        self.preparation, self.pace = preparation, pace
        self.served.play(preparation, pace)

    @precondition(room)
    @rule(client=CLIENTS, frames=begin.RANGES, of_file=st.booleans())
    def start_video(self, client: int, frames: begin.Range, of_file: bool) -> None:
        by_file = of_file and frames.start is frames.length is None
        whole = begin.video_file(self.served, client) if by_file else None
        self._begun(whole or begin.video(self.served, client, VIDEO_ID, frames))

    @precondition(room)
    @rule(client=CLIENTS, frames=begin.MANY)
    def start_long_video(self, client: int, frames: begin.Range) -> None:
        self._begun(
            begin.video(
                self.served, client, max(self.served.frames, key=lambda one: len(self.served.frames[one])), frames
            )
        )

    @precondition(room)
    @rule(client=CLIENTS, ids=begin.IDS, files=st.booleans())
    def start_images(self, client: int, ids: list[int], files: bool) -> None:
        """One alone has a route of its own, and a form without files is refused."""
        way = begin.files if files and ids else begin.image if len(ids) == 1 else begin.images
        self._begun(way(self.served, client, ids))

    @precondition(room)
    @rule(client=CLIENTS, whole=st.booleans(), known=st.booleans())
    def start_project(self, client: int, whole: bool, known: bool) -> None:
        self._begun(begin.project(self.served, client, whole, known))

    @precondition(room)
    @rule(client=CLIENTS, what=st.sampled_from(begin.STRANGERS))
    def start_over_nothing(self, client: int, what: tuple[str, Json]) -> None:
        self._kept(failed(begin.uuid_of(self.served.ask(client, *what)), self.now), [])

    @rule(client=CLIENTS, what=st.sampled_from(begin.WRONG))
    def start_wrongly(self, client: int, what: tuple[str, Any]) -> None:
        assert_refused(self.served.ask(client, *what), 400)

    @precondition(room)
    @rule(starts=st.lists(begin.RANGES, min_size=2, max_size=4))
    def start_at_once(self, starts: list[begin.Range]) -> None:
        said = self.served.at_once([("inference_video_id_async", one.asked(VIDEO_ID)) for one in starts])
        known = self.served.frames[VIDEO_ID]
        results = [[known[at] for at in one.of(len(known))] for one in starts]
        for one, found in zip(said, results, strict=True):
            self._begun(begin.Started(begin.uuid_of(one), found, True))

    @precondition(some)
    @rule(client=CLIENTS, at=RECENT)
    def look(self, client: int, at: int) -> None:
        self._look(client, self._recent(at))

    @precondition(some)
    @rule(client=CLIENTS, at=RECENT)
    def status(self, client: int, at: int) -> None:
        uuid = self._recent(at)
        said = self._asked(client, "get_inference_status", uuid)
        if said is not None:
            assert plain(said) == told.status(self.lives[uuid], self.now)

    @precondition(some)
    @rule(client=CLIENTS, at=RECENT)
    def preparing(self, client: int, at: int) -> None:
        uuid = self._recent(at)
        said = self._asked(client, "get_preparing_progress", uuid)
        assert said is None or said == told.progress(self.lives[uuid], self.now)

    @precondition(some)
    @rule(client=CLIENTS, at=RECENT)
    def result(self, client: int, at: int) -> None:
        uuid = self._recent(at)
        said = self.served.job(client, "get_inference_result", uuid)
        life = self.lives[uuid]
        if life.known(self.now):
            assert said == Said(200, told.final(life, self.now))
        else:
            assert_refused(said, 404)

    @precondition(some)
    @rule(client=CLIENTS, at=RECENT)
    def pop(self, client: int, at: int) -> None:
        self._pop(client, self._recent(at))

    @precondition(some)
    @rule(client=CLIENTS, at=RECENT, later=st.integers(0, TICKS))
    def stop(self, client: int, at: int, later: int) -> None:
        """The second one changes nothing."""
        uuid = self._recent(at)
        for each in (client, 3 - client):
            said = self._asked(each, ROUTES["stop"], uuid)
            if said is not None:
                assert said == told.STOPPING
                self.lives[uuid] = self.lives[uuid].stop(self.now)
            self.served.tick += later

    @precondition(some)
    @rule(client=CLIENTS, at=RECENT, out=st.sampled_from([False, False, True]))
    def clear(self, client: int, at: int, out: bool) -> None:
        """From then on it gives nothing, and in a minute it is not known any more."""
        uuid = self._recent(at)
        assert self.served.job(client, ROUTES["clear"], uuid) == Said(200, {"success": True})
        if self.lives[uuid].known(self.now):
            self.lives[uuid] = self.lives[uuid].clear(self.now)
            self._pop(3 - client, uuid)
        if out:
            self._forget(client, uuid)

    @precondition(some)
    @rule(at=RECENT, more=MORE, ticks=st.integers(0, 3 * TICKS))
    def at_once(self, at: int, more: list[str], ticks: int) -> None:
        self.served.tick += ticks
        uuid, acts = self._recent(at), ["pop", "pop", *more]
        life, state = self.lives[uuid], {"inference_request_uuid": uuid}
        if not life.known(self.now):
            return
        said = self.served.at_once([(ROUTES[act], state) for act in acts])
        self._hold_together(life, acts, said)

    @rule(client=CLIENTS, route=st.sampled_from(sorted(ROUTES)), uuid=st.sampled_from(["f" * 32, "F" * 32, "", None]))
    def ask_of_a_stranger(self, client: int, route: str, uuid: str | None) -> None:
        said = self.served.ask(client, ROUTES[route], {"inference_request_uuid": uuid})
        if uuid and route == "clear":
            assert said == Said(200, {"success": True})
        else:
            assert_refused(said, 404 if uuid else 400)

    @rule(ticks=st.integers(1, 12) | st.integers(13, 4 * TICKS) | st.just(60 * TICKS))
    def wait(self, ticks: int) -> None:
        self.served.tick += ticks

    @precondition(some)
    @rule(client=CLIENTS, at=RECENT, really=st.sampled_from([False, False, True]))
    def wait_until_it_is_forgotten(self, client: int, at: int, really: bool) -> None:
        if really:
            self._forget(client, self._recent(at))

    def _forget(self, client: int, uuid: str) -> None:
        """It is there to the last moment."""
        self.served.tick = max(self.now, self.lives[uuid].forgotten - 1)
        self._look(client, uuid)
        self.served.tick += 1
        self._look(client, uuid)

    @invariant()
    def another_client_sees_the_same(self) -> None:
        type(self).steps += 1
        self.done += 1
        if self.seen is not None:
            self._look(self.now % 4, self.seen)

    def teardown(self) -> None:
        """Whatever was done to a job: with time it gives the rest, and nothing is lost."""
        self.served.tick += 60 * TICKS
        for uuid, life in self.lives.items():
            while life.known(self.now) and not self.lives[uuid].finished(self.now):
                self._pop(0, uuid)
                self.served.tick += 1 if self.lives[uuid].ready(self.now) else MINUTE

    def _recent(self, at: int) -> str:
        known = [uuid for uuid, life in self.lives.items() if life.known(self.now)] or list(self.lives)
        return known[-1 - min(at, len(known) - 1)]

    def _begun(self, job: begin.Started) -> None:
        life = begun(job.uuid, len(job.results), self.now, self.preparation, self.pace, job.video)
        self._kept(life, job.results)

    def _kept(self, life: Life, results: list[Json]) -> None:
        assert life.uuid not in self.lives, "two jobs have one uuid"
        self.lives[life.uuid], self.results[life.uuid], self.seen = life, results, life.uuid

    def _asked(self, client: int, route: str, uuid: str) -> Any:
        """The answer about a job that is known; None of one that is not any more."""
        said = self.served.job(client, route, uuid)
        self.seen = uuid
        if self.lives[uuid].known(self.now):
            assert said.status == 200, said
            return said.value
        assert_refused(said, 404)
        return None

    def _look(self, client: int, uuid: str) -> None:
        said = self._asked(client, ROUTES["look"], uuid)
        if said is not None:
            life = self.lives[uuid]
            assert said.pop("pending_results") == life.ready(self.now)
            assert plain(said) == told.look(life, self.now, self.served.dated)

    def _pop(self, client: int, uuid: str) -> None:
        said = self._asked(client, ROUTES["pop"], uuid)
        if said is not None:
            life = self.lives[uuid]
            self.lives[uuid] = life.popped(self.now)
            assert said.pop("pending_results") == self.results[uuid][told.handful(life, self.now)]
            assert plain(said) == told.look(self.lives[uuid], self.now, self.served.dated)

    def _hold_together(self, life: Life, acts: list[str], said: list[Said]) -> None:
        """Requests of one moment: pops share what there is, and each answer is true between some two of them."""
        assert [one.status for one in said] == [200] * len(said), said
        views = [one.value for act, one in zip(acts, said, strict=True) if act in ("pop", "look")]
        handed = [one.pop("pending_results") for one in views]
        popped = sorted((one for one in handed if isinstance(one, list) and one), key=self._place(life.uuid))
        allowed = reachable(life, acts, self.now)
        taken = [one for few in popped for one in few]
        ended = [one for one in allowed if one.taken == life.taken + len(taken)]
        assert ended, f"{len(taken)} results of {life.ready(self.now)} were given to {acts}"
        assert taken == self.results[life.uuid][life.taken : life.taken + len(taken)]
        stories = [told.look(one, self.now, self.served.dated) for one in allowed]
        assert all(plain(view) in stories for view in views), views
        self.lives[life.uuid] = last(life, acts, self.now)._replace(taken=ended[0].taken)
        self._settle(life.uuid, len(popped) > 0)

    def _place(self, uuid: str) -> Any:
        return lambda few: self.results[uuid].index(few[0])

    def _settle(self, uuid: str, popped: bool) -> None:
        life = self.lives[uuid]
        touched = max(life.touched, self.now) if popped or life.stopped == self.now else life.touched
        self.lives[uuid], self.seen = life._replace(touched=touched), uuid


@pytest.fixture
def served() -> Any:
    one = Served()
    yield one
    one.stop()


def test_no_life_of_a_job_differs_from_its_model(served: Served, steps: int) -> None:
    Jobs.served, Jobs.steps, Jobs.lived = served, 0, 0
    run_machine(
        Jobs,
        settings=settings(
            max_examples=-(-steps // _SURELY), stateful_step_count=_EACH, deadline=None, derandomize=True,
            database=None, phases=[Phase.generate, Phase.shrink], suppress_health_check=[HealthCheck.too_slow],
        ),
    )  # fmt: skip
    assert Jobs.steps >= steps
    print(f"{Jobs.steps:,} steps, {Jobs.lived} lives, no divergence")  # noqa: T201
