"""The words of the command line, the exit codes, and every way a command can go wrong."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.commands.running import (
    LONGEST_S,
    command,
    environment,
    save_session,
    save_shapes,
    xrviewer,
)
from xrviewer.document.intents import SetLayersVisible

HEAVY = ("OpenGL", "xr", "av", "imageio", "scipy", "nibabel", "trimesh", "embreex", "PIL", "glfw")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_shapes(tmp_path)
    return tmp_path


def test_the_version_is_one_line(tmp_path: Path) -> None:
    said = xrviewer("--version", folder=tmp_path)
    assert said.code == 0 and not said.err
    assert said.out.startswith("xrviewer ") and said.out.count("\n") == 1


def test_no_words_show_the_help_and_count_as_wrong_usage(tmp_path: Path) -> None:
    said = xrviewer(folder=tmp_path)
    assert said.code == 2
    for name in ("demo", "open", "render", "check", "info", "session", "bench", "doctor"):
        assert name in said.out + said.err


def test_what_needs_no_device_imports_none(folder: Path) -> None:
    """The start of `check` and `info` is what a user waits for most often."""
    code = (
        "import sys; from xrviewer import cli; sys.argv = ['xrviewer', 'check', 'shapes']\n"
        "try: cli.main()\n"
        f"finally: print([m for m in {HEAVY} if m in sys.modules])"
    )
    done = subprocess.run(
        [*command()[:1], "-c", code],
        cwd=folder, env=environment(), capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "words",
    [
        ("nonsense",),
        ("render", "shapes"),
        ("render", "shapes", "--out", "a.bmp"),
        ("render", "shapes", "--out", "a"),
        ("render", "shapes", "--out", "a.png", "--view", "sideways"),
        ("render", "shapes", "--out", "a.png", "--size", "banana"),
        ("render", "shapes", "--out", "a.png", "--size", "0x0"),
        ("render", "shapes", "--out", "a.png", "--size", "99999x100"),
        ("render", "shapes", "--out", "a.png", "--turntable"),
        ("open", "shapes", "--display", "moon"),
        ("open", "shapes", "--seconds", "0"),
        ("bench", "shapes", "--frames", "1"),
        ("session", "show"),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_2(folder: Path, words: tuple[str, ...]) -> None:
    said = xrviewer(*words, folder=folder)
    assert said.code == 2 and not said.out
    assert "Traceback" not in said.err
    assert not [p for p in folder.iterdir() if p.name != "shapes"]


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("--hide", "bal"), "did you mean 'ball'?"),
        (("--only", "nose"), "no layer 'nose'"),
        (("--timepoint", "t9"), "no timepoint 't9': choose one of t0 (Date 0), t1 (Date 1)"),
    ],
    ids=["hide", "only", "timepoint"],
)
def test_a_name_the_case_does_not_have_is_wrong_usage(
    folder: Path, words: tuple[str, ...], what: str
) -> None:
    said = xrviewer("render", "shapes", "--out", "a.png", "--size", "32x32", *words, folder=folder)
    assert said.code == 2 and what in said.only_line()
    assert not (folder / "a.png").exists()


@pytest.mark.parametrize("verb", ["check", "info", "open", "render", "bench"])
def test_a_path_that_is_not_there_is_1(tmp_path: Path, verb: str) -> None:
    out = ("--out", "a.png") if verb == "render" else ()
    said = xrviewer(verb, "nowhere", *out, folder=tmp_path)
    assert said.code == 1
    assert said.only_line() == "xrviewer: nowhere: there is no such file or folder"


def test_an_empty_folder_is_1(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    said = xrviewer("info", "empty", folder=tmp_path)
    assert said.code == 1 and "empty: is an empty folder" in said.only_line()


def test_a_file_cut_in_half_is_1_and_named(folder: Path) -> None:
    model = folder / "shapes" / "t0" / "anatomy.glb"
    data = model.read_bytes()
    model.write_bytes(data[: len(data) // 2])
    for verb in ("check", "info"):
        said = xrviewer(verb, "shapes", folder=folder)
        assert said.code == 1
        assert "anatomy.glb: is cut short" in said.only_line()
    said = xrviewer("check", "shapes", "--json", folder=folder)
    assert said.code == 1 and not said.err
    (fault,) = json.loads(said.out)["faults"]
    assert fault["file"].endswith("t0/anatomy.glb") and json.loads(said.out)["ok"] is False


def test_sound_is_0(folder: Path) -> None:
    said = xrviewer("check", "shapes", folder=folder)
    assert said.code == 0 and said.err == "shapes: sound\n"
    said = xrviewer("check", "shapes", "--json", folder=folder)
    assert (said.code, json.loads(said.out), said.err) == (0, {"ok": True, "faults": []}, "")


def test_info_names_what_other_commands_ask_for(folder: Path) -> None:
    rows = [line.split() for line in xrviewer("info", "shapes", folder=folder).out.splitlines()]
    assert [row[:3] for row in rows if row[0] in ("t0", "t1")] == [
        ["t0", "Date", "0"],
        ["t1", "Date", "1"],
    ]
    assert {"ball", "wall"} <= {row[0] for row in rows}


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        (("info", "shapes"), {"id", "title", "timepoints", "parts", "volumes", "maps", "fits"}),
        (
            ("bench", "shapes", "--frames", "20"),
            {"parts", "triangles", "load_ms", "first_frame_ms", "submit_ms_p50", "submit_ms_p95",
             "submit_ms_p99", "gpu_ms_p50", "gl_calls_per_frame", "rss_mb"},
        ),
        (("doctor",), {"version", "findings"}),
    ],
    ids=["info", "bench", "doctor"],
)  # fmt: skip
def test_json_is_one_object_and_nothing_else(
    folder: Path, words: tuple[str, ...], keys: set[str]
) -> None:
    said = xrviewer(*words, "--json", folder=folder)
    assert said.code == 0 and not said.err, said
    assert said.out.count("\n") == 1
    assert keys <= set(json.loads(said.out))


def test_a_session_is_kept_shown_and_bound_to_its_case(folder: Path) -> None:
    save_shapes(folder, "other")
    save_session(folder, SetLayersVisible(("ball",), False))
    shown = xrviewer("session", "show", "s.jsonl", "--json", folder=folder)
    assert shown.code == 0 and not shown.err
    layers = json.loads(shown.out)["layers"]
    assert [layers[name]["visible"] for name in ("ball", "wall")] == [False, True]
    assert "ball: hidden" in xrviewer("session", "show", "s.jsonl", folder=folder).out
    picture = ("--out", "a.png", "--size", "32x32", "--session", "s.jsonl")
    said = xrviewer("render", "other", *picture, folder=folder)
    assert said.code == 1
    assert "a session of case 'shapes', not of 'other'" in said.only_line()


def test_a_session_that_is_none_is_1(folder: Path) -> None:
    for name, what in (("nowhere.jsonl", "No such file"), ("shapes/case.json", "is not an")):
        said = xrviewer("session", "show", name, folder=folder)
        assert said.code == 1 and what in said.only_line()


@pytest.mark.parametrize("words", [("info", "shapes", "--json"), ("--version",)], ids=" ".join)
def test_a_full_disk_under_stdout_is_one_line(folder: Path, words: tuple[str, ...]) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full on this system")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command(*words),
            cwd=folder, env=environment(), stdout=full, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr == "xrviewer: cannot write: No space left on device\n"


def test_a_reader_that_goes_away_is_no_fault_of_ours(folder: Path) -> None:
    """`xrviewer info CASE | head` must not print a traceback."""
    running = subprocess.Popen(
        command("info", "shapes"),
        cwd=folder, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert running.stdout and running.stderr
    running.stdout.close()
    said = running.stderr.read()
    running.stderr.close()
    running.wait(LONGEST_S)
    assert "Traceback" not in said and "Exception ignored" not in said and "internal" not in said


def test_an_error_of_ours_is_one_line_until_a_developer_asks(folder: Path) -> None:
    code = (
        "import sys; from xrviewer import cli\n"
        "def broken(path): raise RuntimeError('two\\nlines')\n"
        "cli.check_path = broken; sys.argv = ['xrviewer', 'check', 'shapes']; cli.main()"
    )
    words = [*command()[:1], "-c", code]

    def run(**more: str) -> subprocess.CompletedProcess[str]:
        own = environment(**more)
        return subprocess.run(words, cwd=folder, env=own, capture_output=True, text=True)

    plain = run()
    assert plain.returncode == 1 and plain.stderr.count("\n") == 1
    assert "internal error (RuntimeError: two lines)" in plain.stderr
    assert "Traceback" in run(XRVIEWER_DEBUG="1").stderr


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("render shapes --out shapes", "shapes: name a file that ends in one of .png"),
        (
            "render shapes --out a.png --size 32x32 --session no/s.jsonl",
            "no/s.jsonl: cannot be read: No such file",
        ),
        ("lesions text.txt", "it is no volume of a kind that is known"),
        ("import --cohort nowhere.csv", "nowhere.csv: cannot be read: No such file"),
        ("find nonsense", "nonsense is no server; begin with pacs://"),
    ],
)
def test_a_clumsy_word_is_told_what_to_do(folder: Path, words: str, what: str) -> None:
    (folder / "text.txt").write_text("hello")
    assert what in xrviewer(*words.split(), folder=folder).only_line()
