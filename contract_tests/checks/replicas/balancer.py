"""nginx as a plain process, with the very file that compose.yaml gives it."""

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from .program import Program, listens

REPO = Path(__file__).parents[3]
TEMPLATE = REPO / "deploy" / "modeldouble.conf.template"
NGINX = shutil.which("nginx", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"]))
_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
_AROUND = """\
{user}worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 4096; }}
http {{
{temporary}
include {folder}/modeldouble.conf;
}}
"""


def filled(template: str, values: Mapping[str, str]) -> str:
    """A template as nginx's image fills it in: the names that are given, and nothing else that begins with a dollar."""
    for name, value in values.items():
        template = template.replace(f"${{{name}}}", value)
    return template


def write_configuration(folder: Path, port: int, upstreams: Sequence[int]) -> Path:
    """Files for one nginx on a port of loopback, in front of others; the path of the main one."""
    servers = " ".join(f"server 127.0.0.1:{one} max_fails=0;" for one in upstreams)
    values = {"MODELDOUBLE_LISTEN": f"127.0.0.1:{port} backlog=1024", "MODELDOUBLE_UPSTREAMS": servers}
    own = folder / "modeldouble.conf"
    own.write_text(filled(TEMPLATE.read_text(encoding="utf-8"), values), encoding="utf-8")
    temporary = "\n".join(f"{name}_temp_path {folder}/{name};" for name in _TEMPORARY)
    # Or workers of a root's nginx would be somebody who may not write into the folder.
    user = "user root;\n" if hasattr(os, "geteuid") and os.geteuid() == 0 else ""
    main = folder / "nginx.conf"
    main.write_text(_AROUND.format(user=user, folder=folder, temporary=temporary), encoding="utf-8")
    return main


def balancer(folder: Path, port: int, upstreams: Sequence[int]) -> Program:
    """nginx, not started yet."""
    assert NGINX, "nginx is not installed: apt-get install nginx-light"
    main = write_configuration(folder, port, upstreams)
    command = [NGINX, "-p", str(folder), "-e", "stderr", "-c", str(main)]
    return Program("nginx", command, folder, lambda: listens(port))
