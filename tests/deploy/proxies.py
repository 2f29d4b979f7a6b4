"""nginx and Caddy with the shipped examples, on loopback: a test changes addresses, ports and TLS alone."""

import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.fakes.server import ROOT, free_port
from tests.servers.process import ServerProcess

EXAMPLES = ROOT / "deploy"
NGINX_PATHS = "".join(
    f"{name}_temp_path {{folder}}/{name}; " for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
)


def nginx_text(port: int, web_ports: Sequence[int], folder: Path) -> str:
    text = (EXAMPLES / "nginx.conf").read_text()
    for shipped, used in zip(("5000", "5001"), web_ports, strict=True):
        text = replace_all(text, f"server 127.0.0.1:{shipped} ", f"server 127.0.0.1:{used} ", 2)
    text = replace_once(text, "listen 443 ssl;", f"listen 127.0.0.1:{port};")
    text = replace_once(text, "listen 80;", f"listen 127.0.0.1:{free_port()};")
    text = re.sub(r"^\s*ssl_certificate.*\n", "", text, flags=re.MULTILINE)
    return replace_once(text, "http {\n", f"http {{\n  access_log off; {NGINX_PATHS.format(folder=folder)}\n")


def replace_once(text: str, shipped: str, used: str) -> str:
    return replace_all(text, shipped, used, 1)


def replace_all(text: str, shipped: str, used: str, times: int) -> str:
    assert text.count(shipped) == times, f"the example has changed: {shipped!r}"
    return text.replace(shipped, used)


def nginx_command(port: int, web_ports: Sequence[int], folder: Path) -> list[str]:
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    if not Path(program).exists():
        pytest.skip("nginx is not installed (Debian: apt install nginx-light)")
    file = folder / "nginx.conf"
    file.write_text(nginx_text(port, web_ports, folder))
    return [program, "-p", str(folder), "-c", str(file), "-g", f"daemon off; pid {folder}/pid; error_log stderr;"]


def caddy_command(port: int, web_ports: Sequence[int], folder: Path) -> list[str]:
    program = shutil.which("caddy")
    if program is None:
        pytest.skip("caddy is not installed (go install github.com/caddyserver/caddy/v2/cmd/caddy@latest)")
    file = folder / "Caddyfile"
    file.write_text("{\n\tadmin off\n\tpersist_config off\n}\n" + (EXAMPLES / "Caddyfile").read_text())
    webs = " ".join(f"127.0.0.1:{one}" for one in web_ports)
    variables = {"SITE": f"http://127.0.0.1:{port}", "WEBS": webs, "HOME": str(folder)}
    return ["env", *(f"{name}={value}" for name, value in variables.items()), program, "run", "--config", str(file)]


COMMANDS = {"nginx": nginx_command, "caddy": caddy_command}


@contextmanager
def running_proxy(kind: str, web_ports: Sequence[int], folder: Path) -> Iterator[str]:
    """The address that browsers would use. Skips the test, with the reason, where there is no such program."""
    port = free_port()
    server = ServerProcess(COMMANDS[kind](port, web_ports, folder), port)
    server.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.stop()
