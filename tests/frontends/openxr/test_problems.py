"""Each refusal becomes one line with what to do, for the runtime that is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from xrviewer.errors import RuntimeUnavailable
from xrviewer.frontends.openxr import problems
from xrviewer.frontends.openxr.instance import available_extensions, chosen_extensions
from xrviewer.frontends.openxr.problems import FIXES, Problem, Runtime


@pytest.mark.parametrize("problem", Problem)
@pytest.mark.parametrize("runtime", Runtime)
def test_every_problem_has_a_fix_for_every_runtime(problem: Problem, runtime: Runtime) -> None:
    line = str(problems.unavailable(problem, runtime, "a detail"))
    assert "\n" not in line and line.startswith(problem.value)
    assert line.endswith(FIXES[problem][runtime]) and len(FIXES[problem][runtime]) > 5


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("steamapps/common/SteamVR/steamxr_linux64.json", Runtime.STEAMVR),
        ("Monado(XRT) by Collabora et al '25.0.0'", Runtime.MONADO),
        ("/usr/share/openxr/1/openxr_wivrn.json", Runtime.WIVRN),
        ("Oculus", Runtime.META),
        (r"C:\WINDOWS\system32\MixedRealityRuntime.json", Runtime.WMR),
        ("somebody else's", Runtime.UNKNOWN),
    ],
)
def test_the_runtime_is_known_by_its_name(text: str, expected: Runtime) -> None:
    assert problems.named_runtime(text) is expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (None, "cannot be read"),
        ("", "not a runtime manifest"),
        ("{", "not a runtime manifest"),
        ("[]", "not a runtime manifest"),
        ('{"runtime": 3}', "not a runtime manifest"),
        ('{"runtime": {"library_path": 3}}', "names no library"),
        ('{"runtime": {"library_path": ""}}', "names no library"),
        ('{"runtime": {"library_path": "./libgone.so"}}', "which is not there"),
        ('{"runtime": {"library_path": "/nowhere/libgone.so"}}', "which is not there"),
    ],
)
def test_bad_manifests_are_told_apart(
    content: str | None, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By our own reading, and the loader's refusal of the same file."""
    manifest = tmp_path / "monado.json"
    if content is not None:
        manifest.write_text(content)
    assert expected in problems.manifest_fault(manifest)
    monkeypatch.setenv("XR_RUNTIME_JSON", str(manifest))
    with pytest.raises(RuntimeUnavailable, match=expected) as caught:
        available_extensions()
    assert str(manifest) in str(caught.value)


def test_a_library_that_is_no_runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "lib.so").write_bytes(b"not a library")
    manifest = tmp_path / "wivrn.json"
    manifest.write_text('{"file_format_version": "1.0.0", "runtime": {"library_path": "./lib.so"}}')
    assert problems.manifest_fault(manifest) == ""
    monkeypatch.setenv("XR_RUNTIME_JSON", str(manifest))
    with pytest.raises(RuntimeUnavailable, match=r"does not answer \(WiVRn\)"):
        available_extensions()


def test_no_runtime_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XR_RUNTIME_JSON", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path))
    monkeypatch.setattr(problems, "SYSTEM_FOLDERS", (tmp_path,))
    assert problems.active_manifest() is None
    assert str(problems.no_runtime()).startswith("no OpenXR runtime is set up")


def test_a_runtime_without_opengl_is_refused_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XR_RUNTIME_JSON", str(tmp_path / "MixedRealityRuntime.json"))
    with pytest.raises(RuntimeUnavailable, match="Direct3D only"):
        chosen_extensions(frozenset(), ("XR_KHR_opengl_enable",))


def test_only_what_the_runtime_has_is_asked_for() -> None:
    has = frozenset({"XR_KHR_opengl_enable", "XR_EXT_hand_tracking", "XR_OTHER"})
    chosen = chosen_extensions(has, ("XR_KHR_opengl_enable",))
    assert chosen == ("XR_KHR_opengl_enable", "XR_EXT_hand_tracking")
