"""The Debian 13 root folder: made once, kept in a cache, made again when its contents change.

Monado 25 needs glibc 2.38, and its OpenGL clients need Mesa 25 (GL_EXT_memory_object_fd in
llvmpipe): neither is in Debian 12 or Ubuntu 24.04, so on those the runtime lives in this folder.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from xr_sandbox import jail
from xr_sandbox.jail import SandboxError

CODENAME = "trixie"
PACKAGES = (
    "monado-service monado-cli libopenxr1-monado libopenxr-loader1 mesa-vulkan-drivers "
    "libgl1-mesa-dri libglx-mesa0 libegl1 libegl-mesa0 libgl1 xvfb "
    "python3 python3-venv"
).split()
CA_BUNDLE = Path("etc/ssl/certs/ca-certificates.crt")


def cache_folder(project: Path) -> Path:
    """Of the user where XDG names one; else beside the project, where git ignores it."""
    named = os.environ.get("XDG_CACHE_HOME")
    return Path(named) / "xrviewer" if named else project / ".xr-sandbox"


def requirements(project: Path) -> tuple[str, ...]:
    """The project's lock: complete, so pip is told not to look for dependencies."""
    lines = (project / "requirements" / "lock.txt").read_text().splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


def ready_root(project: Path, *, should_rebuild: bool = False) -> Path:
    """The root with its virtual environment at /venv; made or completed when it is not there."""
    cache = cache_folder(project)
    cache.mkdir(parents=True, exist_ok=True)
    wanted = requirements(project)
    root = cache / f"root-{_key(CODENAME, *PACKAGES)}"
    with _locked(cache / "lock"):
        if should_rebuild or not root.is_dir() or _venv_key(root) != _key(*wanted):
            with _locked(_lock_of(root)):
                _complete(root, wanted, should_rebuild)
            _prune(cache, root)
    return root


@contextmanager
def in_use(root: Path) -> Iterator[None]:
    """While it lasts the root is neither changed nor deleted; any number may use it at once."""
    with _lock_of(root).open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_SH)
        yield


def debian_mirror() -> str:
    """Of the host's own apt sources: the address its own release comes from."""
    named = os.environ.get("XR_SANDBOX_MIRROR")
    if named:
        return named
    for uri, suites in _apt_sources(Path("/etc/apt")):
        if _host_codename() in suites and "debian" in uri:
            return uri
    raise SandboxError(
        "this host's apt sources name no Debian mirror: set XR_SANDBOX_MIRROR to the address of one"
    )


def local_package_folders() -> list[Path]:
    """Folders on this machine that pip's configuration takes packages from.

    The index of a mirror is its folder `simple`; the packages lie beside it.
    """
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True
    ).stdout
    found = {Path(p) for p in re.findall(r"(?:file://|(?<=['\s]))(/[^'\s]+)", listed)}
    return sorted({p.parent if p.name == "simple" else p for p in found if p.is_dir()})


def _complete(root: Path, wanted: tuple[str, ...], should_rebuild: bool) -> None:
    if should_rebuild or not root.is_dir():
        _build(root)
    if _venv_key(root) != _key(*wanted):
        _contained("python environment", lambda: _install_venv(root, wanted))


def _prune(cache: Path, kept: Path) -> None:
    """Deletes the roots of earlier package lists that no running sandbox uses."""
    for old in cache.glob("root-*"):
        if old.is_dir() and old != kept:
            with _lock_of(old).open("w") as handle:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue
                _remove(old)
                _lock_of(old).unlink()


def _lock_of(root: Path) -> Path:
    return root.with_suffix(".lock")


def _build(root: Path) -> None:
    _check_means()
    partial = root.with_suffix(".partial")
    for stale in (partial, root):
        _remove(stale)
    mirror = debian_mirror()
    _contained("Debian root", lambda: _bootstrap(partial, mirror))
    partial.rename(root)


def _check_means() -> None:
    if os.geteuid() != 0:
        raise SandboxError(
            "making the Debian root needs root: run it with sudo, or install Monado 25 or later"
        )
    if shutil.which("debootstrap") is None:
        raise SandboxError("debootstrap is missing: apt-get install debootstrap")


def _contained(what: str, body: object) -> None:
    print(f"xr_sandbox: making the {what} (kept for later runs)", file=sys.stderr, flush=True)
    assert callable(body)
    if jail.contained(body, has_network=True):
        raise SandboxError(f"the {what} could not be made; what went wrong is printed above")


def _bootstrap(root: Path, mirror: str) -> int:
    _quiet("debootstrap", "--variant=minbase", CODENAME, str(root), mirror)
    _copy_configuration(root)
    (root / "etc/dpkg/dpkg.cfg.d/sandbox").write_text("force-unsafe-io\n")
    jail.mount_system(root)
    apt = ("chroot", str(root), "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq")
    _quiet(*apt, "update")
    _quiet(*apt, "install", "-y", "--no-install-recommends", *PACKAGES)
    _quiet(*apt, "clean")
    return 0


def _install_venv(root: Path, wanted: tuple[str, ...]) -> int:
    _copy_configuration(root)
    jail.mount_system(root)
    for folder in local_package_folders():
        jail.bind(folder, root / folder.relative_to("/"))
    listed = root / "tmp" / "requirements.txt"
    listed.write_text("\n".join(wanted) + "\n")
    _quiet("chroot", str(root), "python3", "-m", "venv", "--clear", "/venv")
    pip = (
        "/venv/bin/python",
        "-m",
        "pip",
        "-qq",
        "install",
        "--no-deps",
        "--no-compile",
        "--no-cache-dir",
    )
    quick = ("--no-compile", "--no-cache-dir", "--root-user-action=ignore")
    _quiet("chroot", str(root), *pip, *quick, "-r", "/tmp/requirements.txt")
    (root / "venv" / "key").write_text(_key(*wanted))
    return 0


def _copy_configuration(root: Path) -> None:
    """How this host reaches the network: names, certificates, apt's and pip's settings."""
    for name in ("etc/resolv.conf", "etc/hosts", "etc/pip.conf", str(CA_BUNDLE)):
        source = Path("/") / name
        if source.is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, root / name)
    shutil.copytree("/etc/apt/apt.conf.d", root / "etc/apt/apt.conf.d", dirs_exist_ok=True)
    personal = Path.home() / ".config" / "pip" / "pip.conf"
    if personal.is_file():
        shutil.copy(personal, root / "etc" / "pip.conf")


def _remove(root: Path) -> None:
    mounted = jail.mounts_under(root)
    if mounted:
        raise SandboxError(f"{mounted[0]} is mounted: umount it before the root is made again")
    if root.exists():
        shutil.rmtree(root)


def _apt_sources(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """(address, suites) of every source, in both of apt's notations."""
    for file in sorted((folder / "sources.list.d").glob("*.sources")):
        for paragraph in re.split(r"\n\s*\n", file.read_text()):
            fields = dict(re.findall(r"(?m)^(URIs|Suites):\s*(.+)$", paragraph))
            for uri in fields.get("URIs", "").split():
                yield uri, fields.get("Suites", "").split()
    for file in [folder / "sources.list", *sorted((folder / "sources.list.d").glob("*.list"))]:
        text = file.read_text() if file.is_file() else ""
        for uri, suite in re.findall(r"(?m)^deb\s+(?:\[[^]]*\]\s+)?(\S+)\s+(\S+)", text):
            yield uri, [suite]


def _host_codename() -> str:
    release = Path("/etc/os-release").read_text()
    found = re.search(r'(?m)^VERSION_CODENAME="?([^"\n]+)', release)
    return found.group(1) if found else ""


def _quiet(*command: str) -> None:
    """Shows a command's output only when it failed."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        print(done.stdout[-4000:], file=sys.stderr)
        raise SandboxError(f"{' '.join(command[:6])} ... ended with {done.returncode}")


def _venv_key(root: Path) -> str:
    file = root / "venv" / "key"
    return file.read_text() if file.is_file() else ""


def _key(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    """Two commands at once: the second waits until the first has made the root."""
    with file.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
