"""Runs a command beside a real OpenXR runtime.

    python tools/xr_sandbox run [--compositor null|xcb|quick|none] -- python -m pytest tests/runtime
    python tools/xr_sandbox build

With `none` the X server and the environment are there but the runtime is not started: the command
starts and stops it itself. A host with Monado 25 or later uses its own; any other gets a Debian 13
root folder, which needs root and debootstrap once.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from xr_sandbox import jail, root, services

PROJECT = Path(__file__).resolve().parents[2]
INSIDE = "/project"
MIN_MONADO = 25
PASSED_ON = re.compile(r"^(CI|TERM|COLUMNS|XRVIEWER_\w+|PYTEST_\w+)$")


def main(arguments: list[str]) -> int:
    options = _parsed(arguments)
    try:
        if options.action == "build":
            if host_has_monado() and not options.rebuild:
                return 0
            root.ready_root(PROJECT, should_rebuild=options.rebuild)
            return 0
        if options.action == "inside":
            return run_services(options.compositor, options.command, PROJECT)
        return _run(options)
    except jail.SandboxError as error:
        print(f"xr_sandbox: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def run_services(compositor: str, command: list[str], folder: Path) -> int:
    """Starts what the command needs, runs it, and stops all of it again."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with ExitStack() as stack:
        private = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="xr-")))
        server, display = services.start_x_server(private / "xvfb.log")
        stack.enter_context(server)
        if compositor != "none":
            stack.enter_context(services.start_monado(compositor, private, display))
        return _waited(command, {**os.environ, **_environment(private, display)}, folder)


def _run(options: argparse.Namespace) -> int:
    if host_has_monado():
        here = Path(sys.executable).parent  # so that `python` is the one this tool runs with
        os.environ["PATH"] = f"{here}{os.pathsep}{os.environ['PATH']}"
        return run_services(options.compositor, options.command, PROJECT)
    folder = root.ready_root(PROJECT, should_rebuild=options.rebuild)
    if os.geteuid() != 0:
        raise jail.SandboxError("entering the Debian root needs root: run it with sudo")
    inner = ["inside", "--compositor", options.compositor, "--", *options.command]
    with root.in_use(folder):
        return jail.contained(lambda: _enter(folder, inner), has_network=False)


def _enter(folder: Path, inner: list[str]) -> int:
    """In the namespaces: shows the project, becomes the root, and starts this tool again there."""
    jail.mount_system(folder)
    jail.bind(PROJECT, folder / INSIDE.lstrip("/"), is_writable=True)
    jail.enter(folder, INSIDE)
    environment = {k: v for k, v in os.environ.items() if PASSED_ON.match(k)}
    environment["PYTHONPYCACHEPREFIX"] = "/venv/pycache"  # none of it beside the project's files
    environment |= {"HOME": "/root", "LANG": "C.UTF-8", "PATH": "/venv/bin:/usr/bin:/bin"}
    tool = f"{INSIDE}/tools/xr_sandbox"
    return _waited(["/usr/bin/python3", tool, *inner], environment, Path(INSIDE))


def _environment(private: Path, display: str) -> dict[str, str]:
    return {
        "XR_SANDBOX": "1",
        "XR_RUNTIME_JSON": str(services.runtime_manifest()),
        "XDG_RUNTIME_DIR": str(private),
        "DISPLAY": display,
        "XR_SANDBOX_SCREEN": str(private / "Xvfb_screen0"),
        "PYTHONPATH": str(PROJECT),
    }


def _waited(command: list[str], environment: dict[str, str], folder: Path) -> int:
    """The command's exit code; on an interrupt it gets ten seconds to end by itself."""
    try:
        process = subprocess.Popen(command, env=environment, cwd=folder)
    except FileNotFoundError:
        raise jail.SandboxError(f"no such command: {command[0]}") from None
    try:
        return process.wait() % 256
    except KeyboardInterrupt:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
        return 130


def host_has_monado() -> bool:
    if shutil.which("monado-service") is None or shutil.which("Xvfb") is None:
        return False
    asked = ["dpkg-query", "-W", "-f", "${Version}", "monado-service"]
    try:
        version = subprocess.run(asked, capture_output=True, text=True).stdout
    except FileNotFoundError:
        return False
    major = re.match(r"(?:\d+:)?(\d+)", version)
    return major is not None and int(major.group(1)) >= MIN_MONADO


def _parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="xr_sandbox", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    actions = parser.add_subparsers(dest="action", required=True)
    build = actions.add_parser("build", help="make the Debian root now")
    run = actions.add_parser("run", help="run a command beside the runtime")
    inside = actions.add_parser("inside", help=argparse.SUPPRESS)
    for action in (run, inside):
        action.add_argument("--compositor", choices=["none", *services.COMPOSITORS], default="none")
        action.add_argument("command", nargs="+", metavar="-- COMMAND")
    for action in (build, run):
        action.add_argument("--rebuild", action="store_true", help="make the root from scratch")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
