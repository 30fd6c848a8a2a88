"""The X server and the OpenXR runtime: started, waited for, and always stopped again."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType

from xr_sandbox.jail import SandboxError, die_with_parent
from xr_sandbox.windows import shrink

START_S = 20.0
STOP_S = 5.0
SCREEN = "1920x1080x24"
COMPOSITORS: Mapping[str, Mapping[str, str]] = {
    "null": {"XRT_COMPOSITOR_NULL": "1"},
    "xcb": {"XRT_COMPOSITOR_FORCE_XCB": "1", "XRT_COMPOSITOR_SCALE_PERCENTAGE": "60"},
    "quick": {
        "XRT_COMPOSITOR_FORCE_XCB": "1",
        "XRT_COMPOSITOR_SCALE_PERCENTAGE": "10",
        "XRT_COMPOSITOR_DEFAULT_FRAMERATE": "1000",
        "XRT_COMPOSITOR_DISABLE_DEFERRED": "1",
        "U_PACING_COMP_MIN_TIME_MS": "0",
        "U_PACING_APP_MIN_TIME_MS": "0",
        "U_PACING_APP_MIN_MARGIN_MS": "0",
        "U_PACING_APP_IMMEDIATE_WAIT_FRAME_RETURN": "1",
    },
}
"""null has no display: 320x240 views at 20 Hz. xcb composes into an X window, lens and all. quick
is xcb with views of a tenth in a window of a tenth, and waits for no monitor: 200 Hz on two cores,
for what is done and not looked at."""
WINDOW_WIDTH, QUICK_SIZE = 900, (96, 54)
"""The compositor's own window is a little wider; what quick makes of it."""

RUNTIME_MANIFESTS = (
    Path("/usr/share/openxr/1/openxr_monado.json"),
    Path("/usr/local/share/openxr/1/openxr_monado.json"),
)


class Service:
    """One background process with a log file."""

    def __init__(
        self,
        command: list[str],
        environment: Mapping[str, str],
        log: Path,
        pass_fds: tuple[int, ...] = (),
    ) -> None:
        self.log = log
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                command,
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=pass_fds,
                preexec_fn=die_with_parent,
            )

    def wait_until(self, is_ready: Callable[[], bool]) -> None:
        """Raises SandboxError with the end of the log when it dies or is not ready in time."""
        deadline = time.monotonic() + START_S
        while not is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                tail = self.log.read_text(errors="replace")[-2000:]
                raise SandboxError(f"{self.process.args[0]} did not start:\n{tail}")  # type: ignore[index]
            time.sleep(0.02)

    def kill(self) -> None:
        """As a crash does it: nothing is cleaned up by the process itself."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> None:
        if self.process.poll() is None:
            self.process.send_signal(number)
            try:
                self.process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def __enter__(self) -> Service:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def start_x_server(log: Path) -> tuple[Service, str]:
    """An X server in memory on a display number it finds free; returns (it, DISPLAY).

    What it shows lies beside the log as an XWD file, `Xvfb_screen0`, that is always current.
    """
    readable, writable = os.pipe()
    arguments = ["-displayfd", str(writable), "-screen", "0", SCREEN, "-nolisten", "tcp"]
    arguments += ["-fbdir", str(log.parent)]
    service = Service(["Xvfb", *arguments], {}, log, pass_fds=(writable,))
    os.close(writable)
    with os.fdopen(readable, "rb") as answer:
        number = answer.readline().strip().decode()
    if not number:
        service.wait_until(lambda: False)
    return service, f":{number}"


def start_monado(compositor: str, folder: Path, display: str) -> Service:
    """The runtime with its remote driver; `folder` is the XDG_RUNTIME_DIR its clients share."""
    _forget_dead_service(folder)
    port = remote_port(folder)
    environment = {
        "XDG_RUNTIME_DIR": str(folder),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "DISPLAY": display,
        "XRT_NO_STDIN": "1",
        "IPC_EXIT_ON_DISCONNECT": "0",
        **COMPOSITORS[compositor],
    }
    service = Service(["monado-service"], environment, folder / "monado.log")
    service.wait_until(lambda: (folder / "monado_comp_ipc").exists() and _is_open(port))
    if compositor == "quick":
        service.wait_until(lambda: shrink(display, WINDOW_WIDTH, *QUICK_SIZE))
    return service


def remote_port(folder: Path) -> int:
    """The port of the remote driver, written into the runtime's configuration on first use."""
    chosen = folder / "remote_port"
    if not chosen.is_file():
        with socket.create_server(("127.0.0.1", 0)) as free:
            chosen.write_text(str(free.getsockname()[1]))
        config = folder / "config" / "monado" / "config_v0.json"
        config.parent.mkdir(parents=True)
        remote = {"version": 0, "port": int(chosen.read_text()), "view_count": 2}
        config.write_text(json.dumps({"active": "remote", "remote": remote}))
    return int(chosen.read_text())


def runtime_manifest() -> Path:
    for manifest in RUNTIME_MANIFESTS:
        if manifest.is_file():
            return manifest
    raise SandboxError("Monado is here without its runtime manifest: install libopenxr1-monado")


def _forget_dead_service(folder: Path) -> None:
    """A killed service leaves its socket and pid file, and the next would refuse to start."""
    for name in ("monado_comp_ipc", "monado.pid"):
        (folder / name).unlink(missing_ok=True)


def _is_open(port: int) -> bool:
    """Seen in the kernel's table: to connect would take the driver's one connection."""
    wanted = f":{port:04X} "
    lines = Path("/proc/net/tcp").read_text().splitlines()
    return any(wanted in line and line.split()[3] == "0A" for line in lines)
