"""Private mount and process namespaces: what is mounted or started there ends with this process.

Nothing is ever mounted where the host can see it, so there is nothing to unmount, and deleting a
root folder can never reach through a bind mount into the host. A SIGKILL of the tool kills the
first process of the namespace by its parent-death signal, and the kernel then ends all the others.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import socket
import struct
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWNET = 0x00020000, 0x20000000, 0x40000000
PR_SET_PDEATHSIG = 1
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1
FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_libc = ctypes.CDLL(None, use_errno=True)


class SandboxError(Exception):
    """One line: what is missing and how to get it."""


def contained(body: Callable[[], int], *, has_network: bool) -> int:
    """Runs body as the first process of its own namespaces; returns its exit code."""
    return _forked(lambda: _in_namespaces(body, has_network))


def die_with_parent() -> None:
    """Linux only. Also fit for subprocess' preexec_fn."""
    parent = os.getppid()
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def bind(source: Path, target: Path, *, is_writable: bool = False) -> None:
    """Shows source at target, a folder or a file; both are followed by every mount under them."""
    if source.is_dir():
        target.mkdir(parents=True, exist_ok=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()
    _mount("--rbind", str(source), str(target))
    if not is_writable:
        _mount("-o", "remount,bind,ro", str(target))


def mount_system(root: Path) -> None:
    """/proc of this process namespace, the host's /dev and /sys, and fresh temporary folders."""
    _mount("-t", "proc", "proc", str(root / "proc"))
    _mount("--rbind", "/dev", str(root / "dev"))
    _mount("--rbind", "/sys", str(root / "sys"))
    for folder in ("tmp", "run", "dev/shm"):
        _mount("-t", "tmpfs", "tmpfs", str(root / folder))


def enter(root: Path, folder: str) -> None:
    os.chroot(root)
    os.chdir(folder)


def mounts_under(folder: Path) -> list[str]:
    """Mount points at or below a folder, as this process sees them."""
    points = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    prefix = str(folder.resolve())
    return [p for p in points if p == prefix or p.startswith(prefix + "/")]


def _in_namespaces(body: Callable[[], int], has_network: bool) -> int:
    _unshare(CLONE_NEWNS | (0 if has_network else CLONE_NEWNET))
    _mount("--make-rprivate", "/")
    if not has_network:
        _loopback_up()
    _unshare(CLONE_NEWPID)  # last: the next process becomes the first of its namespace
    return _forked(body)


def _unshare(flags: int) -> None:
    if _libc.unshare(flags) != 0:
        reason = os.strerror(ctypes.get_errno())
        raise SandboxError(f"no private namespaces here ({reason}): run it as root, or not nested")


def _forked(body: Callable[[], int]) -> int:
    parent_pid = os.getpid()
    child = os.fork()
    if child == 0:
        os._exit(_child(body, parent_pid))
    for number in FORWARDED:
        signal.signal(number, lambda n, _: os.kill(child, n))
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) % 256


def _child(body: Callable[[], int], parent_pid: int) -> int:
    """Never returns into the parent's stack: every exception ends here, as a line and a code."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getpid() != 1 and os.getppid() != parent_pid:
        return 1
    for number in FORWARDED:
        signal.signal(number, signal.default_int_handler)
    try:
        return body()
    except SandboxError as error:
        print(f"xr_sandbox: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BaseException:
        traceback.print_exc()
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


def _mount(*arguments: str) -> None:
    done = subprocess.run(["mount", *arguments], capture_output=True, text=True)
    if done.returncode:
        raise SandboxError(f"mount {' '.join(arguments)}: {done.stderr.strip()}")


def _loopback_up() -> None:
    """A private network has only a loopback, which starts switched off."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(control, SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))
