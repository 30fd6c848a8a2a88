import errno
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.caseio.caseio_samples import small_case, surfaces
from xrviewer.case.model import Case, Layer
from xrviewer.case.surfaces import Surfaces, pack_parts
from xrviewer.caseio import atomic
from xrviewer.caseio import folder as folder_module
from xrviewer.caseio.check import check_path
from xrviewer.caseio.folder import load_case, save_case
from xrviewer.errors import CaseError, InputError, XrviewerError


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    save_case(small_case(), tmp_path / "knee")
    return tmp_path / "knee"


def edit(folder: Path, change: Callable[[Any], object]) -> None:
    manifest = json.loads((folder / "case.json").read_text())
    change(manifest)
    (folder / "case.json").write_text(json.dumps(manifest))


def same_surfaces(ours: Surfaces, theirs: Surfaces) -> None:
    assert ours.part_ids == theirs.part_ids
    np.testing.assert_array_equal(ours.parts, theirs.parts)
    np.testing.assert_array_equal(ours.positions_mm, theirs.positions_mm)
    np.testing.assert_array_equal(ours.triangles, theirs.triangles)
    np.testing.assert_allclose(ours.normals, theirs.normals, atol=1e-6)
    assert ours.maps.keys() == theirs.maps.keys()
    for id, scalar_map in ours.maps.items():
        np.testing.assert_array_equal(scalar_map.values, theirs.maps[id].values)


@pytest.mark.parametrize("reading", ["fresh", "again", "without a cache"])
def test_a_case_comes_back_as_it_was(
    saved: Path, reading: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if reading == "again":
        load_case(saved)
    if reading == "without a cache":
        monkeypatch.setenv("XRVIEWER_CACHE", "")
    case, back = small_case(), load_case(saved)
    assert back.faults == ()
    assert (back.id, back.title, back.groups) == (case.id, case.title, case.groups)
    assert (back.maps, back.provenance) == (case.maps, case.provenance)
    assert [layer.color.hex() for layer in back.layers] == [c.color.hex() for c in case.layers]
    assert [replace(b, color=c.color) for b, c in zip(back.layers, case.layers, strict=True)] == [
        *case.layers
    ]
    for ours, theirs in zip(back.timepoints, case.timepoints, strict=True):
        assert (ours.id, ours.name, ours.day) == (theirs.id, theirs.name, theirs.day)
        same_surfaces(ours.surfaces, theirs.surfaces)
        for a, b in zip(ours.volumes, theirs.volumes, strict=True):
            np.testing.assert_array_equal(a.voxels, b.voxels)
            np.testing.assert_allclose(a.case_from_voxel, b.case_from_voxel, atol=1e-5)
            assert (a.id, a.name, a.modality, a.slope, a.intercept, a.window) == (
                *(b.id, b.name, b.modality, b.slope, b.intercept, b.window),
            )
    assert check_path(saved) == ()


def test_the_folder_is_laid_out_as_promised(saved: Path) -> None:
    files = sorted(p.relative_to(saved).as_posix() for p in saved.rglob("*") if p.is_file())
    assert files == ["case.json", "t0/anatomy.glb", "t0/dess.nii", "t0/t2.nii", "t1/anatomy.glb"]
    assert [p.name for p in saved.parent.iterdir() if p.name != "cache"] == ["knee"]


def test_saving_twice_gives_the_same_bytes(saved: Path, tmp_path: Path) -> None:
    save_case(load_case(saved), tmp_path / "second")
    for path in saved.rglob("*"):
        if path.is_file() and path.suffix != ".nii":
            assert path.read_bytes() == (tmp_path / "second" / path.relative_to(saved)).read_bytes()


def test_a_case_can_be_saved_over_the_one_it_maps(saved: Path) -> None:
    case = load_case(saved)
    save_case(replace(case, title="Renamed"), saved)
    back = load_case(saved)
    assert back.title == "Renamed"
    np.testing.assert_array_equal(back.timepoints[0].volumes[0].voxels.ravel("F"), np.arange(60))


def test_sessions_and_captures_outlive_a_new_version(saved: Path) -> None:
    (saved / "sessions").mkdir()
    journal = saved / "sessions" / "a.jsonl"
    journal.write_text("one\n")
    (saved / "notes.txt").write_text("kept")
    with journal.open("a") as open_journal:
        save_case(replace(small_case(), timepoints=small_case().timepoints[:1]), saved)
        open_journal.write("two\n")
    assert journal.read_text() == "one\ntwo\n"
    assert (saved / "notes.txt").read_text() == "kept"
    assert not (saved / "t1").exists()


def test_only_a_case_or_nothing_is_replaced(tmp_path: Path) -> None:
    thesis = tmp_path / "thesis"
    thesis.mkdir()
    (thesis / "chapter.tex").write_text("years")
    with pytest.raises(CaseError, match="no case folder; choose another name"):
        save_case(small_case(), thesis)
    with pytest.raises(CaseError, match="no case folder"):
        save_case(small_case(), thesis / "chapter.tex")
    assert (thesis / "chapter.tex").read_text() == "years"
    (tmp_path / "empty").mkdir()
    save_case(small_case(), tmp_path / "empty")
    save_case(small_case(), tmp_path / "deep" / "er" / "case")
    assert load_case(tmp_path / "empty").id == load_case(tmp_path / "deep/er/case").id == "knee"


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()]
)
@pytest.mark.parametrize("step", ["write_nifti", "write_glb", "_carry_over"])
def test_what_stops_the_writing_leaves_the_old_case_and_nothing_else(
    saved: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, step: str
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(folder_module, step, fail)
    before = {p: p.stat().st_mtime_ns for p in saved.parent.rglob("*")}
    expected = CaseError if isinstance(error, OSError) else KeyboardInterrupt
    with pytest.raises(expected):
        save_case(small_case("New"), saved)
    assert {p: p.stat().st_mtime_ns for p in saved.parent.rglob("*")} == before


def test_a_swap_that_fails_puts_the_old_case_back(
    saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename, calls = os.rename, []

    def second_fails(source: Path, target: Path) -> None:
        calls.append(target)
        if len(calls) == 2:
            raise OSError(errno.EIO, "Input/output error")
        rename(source, target)

    monkeypatch.setattr(atomic, "_exchange", lambda *_: False)
    monkeypatch.setattr(os, "rename", second_fails)
    with pytest.raises(CaseError, match="Input/output error"):
        save_case(small_case("New"), saved)
    assert load_case(saved).title == "Knee"
    assert [p.name for p in saved.parent.iterdir() if p.name != "cache"] == ["knee"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda c: replace(c, title="a\nb"), "title"),
        (lambda c: replace(c, layers=(*c.layers, c.layers[0])), "already"),
        (lambda c: replace(c, layers=c.layers[1:]), "'femoral_cartilage' belongs to no layer"),
        (lambda c: replace(c, maps=()), "nothing says what map 'thickness_mm' means"),
        (lambda c: replace(c, maps=(replace(c.maps[0], error=np.nan),)), "finite"),
        (lambda c: replace(c, layers=(replace(c.layers[0], opacity=np.nan), *c.layers[1:])), "opa"),
        (lambda c: replace(c, timepoints=()), "timepoints"),
        (lambda c: replace(c, timepoints=(replace(c.timepoints[0], id="../t0"),)), "an id"),
        (lambda c: replace(c, timepoints=(replace(c.timepoints[0], id="sessions"),)), "kept for"),
    ],
)
def test_a_case_that_could_not_be_read_is_not_written(
    tmp_path: Path, change: Callable[[Case], Case], why: str
) -> None:
    with pytest.raises(CaseError, match=why):
        save_case(change(small_case()), tmp_path / "knee")
    assert not (tmp_path / "knee").exists()


def test_a_case_without_surfaces(tmp_path: Path) -> None:
    case = small_case()
    only_scans = replace(
        case,
        layers=(),
        maps=(),
        timepoints=(replace(case.timepoints[0], surfaces=pack_parts([])),),
    )
    save_case(only_scans, tmp_path / "scan")
    assert load_case(tmp_path / "scan").faults == () and check_path(tmp_path / "scan") == ()


def test_a_structure_of_one_date_only_is_no_fault(tmp_path: Path) -> None:
    """A lesion that was not there, a meniscus that was taken out, a date of scans alone."""
    case = small_case()
    one, two = case.timepoints
    bare = replace(one, surfaces=pack_parts([]))
    save_case(replace(case, timepoints=(bare, two)), tmp_path / "case")
    assert one.volumes and load_case(tmp_path / "case").faults == ()


def test_layers_and_parts_that_do_not_meet_are_named(saved: Path) -> None:
    edit(saved, lambda m: m["layers"].append({"id": "acl", "name": "ACL", "color": "#123456"}))
    edit(saved, lambda m: m["layers"].pop(2))
    case = load_case(saved)
    assert case.faults == (
        "t0/anatomy.glb: part 'odd_thing' is no layer of case.json; shown as it is",
        "t1/anatomy.glb: part 'odd_thing' is no layer of case.json; shown as it is",
        "t0/anatomy.glb: has no surface for layer 'acl'",
    )
    assert case.layers[-1].id == "odd_thing" and case.layers[-1].name == "Odd thing"
    assert [str(fault) for fault in check_path(saved)] == [*case.faults]


def test_maps_that_do_not_meet_are_named_and_unexplained_ones_left_out(saved: Path) -> None:
    edit(saved, lambda m: m["maps"][0].update(id="change_mm"))
    case = load_case(saved)
    assert not case.timepoints[0].surfaces.maps
    assert "case.json: maps[0]: no surface has the attribute _CHANGE_MM" in case.faults
    assert any("'thickness_mm' has no entry in case.json" in fault for fault in case.faults)
    assert [str(fault) for fault in check_path(saved)] == [*case.faults]


def zero_affine(folder: Path) -> None:
    data = bytearray((folder / "t0/dess.nii").read_bytes())
    data[280:328] = bytes(48)
    (folder / "t0/dess.nii").write_bytes(data)


def nan_vertex(folder: Path) -> None:
    data = bytearray((folder / "t0/anatomy.glb").read_bytes())
    at = data.index(tetra_bytes())
    data[at : at + 4] = np.float32(np.nan).tobytes()
    (folder / "t0/anatomy.glb").write_bytes(data)


def wild_index(folder: Path) -> None:
    data = bytearray((folder / "t0/anatomy.glb").read_bytes())
    data[-4:] = np.uint32(4_000_000).tobytes()
    (folder / "t0/anatomy.glb").write_bytes(data)


def tetra_bytes() -> bytes:
    return surfaces("x").positions_mm.tobytes()


def link_out(folder: Path) -> None:
    (folder.parent / "elsewhere.nii").write_bytes((folder / "t0/dess.nii").read_bytes())
    (folder / "t0/dess.nii").unlink()
    (folder / "t0/dess.nii").symlink_to(folder.parent / "elsewhere.nii")


def link_manifest_out(folder: Path) -> None:
    (folder / "case.json").rename(folder.parent / "elsewhere.json")
    (folder / "case.json").symlink_to(folder.parent / "elsewhere.json")


def cut_glb(folder: Path) -> None:
    with (folder / "t0/anatomy.glb").open("r+b") as file:
        file.truncate(900)


Break = Callable[[Path], object]
REFUSED: dict[str, tuple[Break, str]] = {
    "no glb": (lambda f: (f / "t0/anatomy.glb").unlink(), "case.json: names t0/anatomy.glb, which"),
    "no nii": (
        lambda f: (f / "t0/dess.nii").unlink(),
        "case.json: names t0/dess.nii, which is not",
    ),
    "no manifest": (lambda f: (f / "case.json").unlink(), "there is no case.json"),
    "manifest is a folder": (
        lambda f: ((f / "case.json").unlink(), (f / "case.json").mkdir()),
        "case.json: cannot be read: Is a directory",
    ),
    "folder for a file": (
        lambda f: edit(f, lambda m: m["timepoints"][0].update(anatomy="t0")),
        "names t0, which is a folder",
    ),
    "unknown field": (lambda f: edit(f, lambda m: m.update(name="Anna")), "name: unknown field"),
    "missing field": (
        lambda f: edit(f, lambda m: m["timepoints"][0].pop("anatomy")),
        "timepoints[0].anatomy: is missing",
    ),
    "escape": (
        lambda f: edit(f, lambda m: m["timepoints"][0].update(anatomy="../knee/t0/anatomy.glb")),
        "'../knee/t0/anatomy.glb' climbs out",
    ),
    "absolute": (
        lambda f: edit(f, lambda m: m["timepoints"][0].update(anatomy="/etc/passwd")),
        "'/etc/passwd' is absolute",
    ),
    "link": (link_out, "t0/dess.nii' follows a link out of the case folder"),
    "linked manifest": (link_manifest_out, "'case.json' follows a link out of the case folder"),
    "zero affine": (zero_affine, "t0/dess.nii: has an affine whose voxels have no volume"),
    "cut glb": (cut_glb, "t0/anatomy.glb: "),
    "empty glb": (lambda f: (f / "t0/anatomy.glb").write_bytes(b""), "t0/anatomy.glb: "),
    "glb is text": (lambda f: (f / "t0/anatomy.glb").write_text("hello"), "t0/anatomy.glb: "),
}


@pytest.mark.parametrize("name", REFUSED)
def test_broken_cases_are_refused_by_name(saved: Path, name: str) -> None:
    break_it, why = REFUSED[name]
    break_it(saved)
    faults = [str(fault) for fault in check_path(saved)]
    assert sum(why in fault for fault in faults) == 1, faults
    if name != "no manifest":
        with pytest.raises(InputError) as caught:
            load_case(saved)
        assert why.split(": ")[-1].strip() in str(caught.value)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("break_it", "part", "why"),
    [
        (nan_vertex, "femoral_cartilage", "Femoral cartilage: a vertex is not a finite point"),
        (wild_index, "odd_thing", "Odd thing: index 4000000 is out of range"),
    ],
)
def test_a_broken_mesh_is_named_and_the_rest_is_there(
    saved: Path, break_it: Break, part: str, why: str
) -> None:
    break_it(saved)
    case = load_case(saved)
    assert any(why in fault for fault in case.faults)
    assert part not in case.timepoints[0].surfaces.part_ids
    assert len(case.timepoints[0].surfaces.part_ids) == 2
    assert [str(fault) for fault in check_path(saved)] == [*case.faults]


def test_check_gathers_what_load_stops_at(saved: Path) -> None:
    (saved / "t0/anatomy.glb").unlink()
    zero_affine(saved)
    (saved / "t1/anatomy.glb").write_bytes(b"")
    faults = check_path(saved)
    assert {fault.file for fault in faults} == {"case.json", "t0/dess.nii", "t1/anatomy.glb"}
    assert len(check_path(saved)) >= 3


def test_many_manifest_faults_are_counted_in_the_one_line(saved: Path) -> None:
    edit(saved, lambda m: m.update(a=1, b=2, c=3))
    with pytest.raises(CaseError, match=r"a: unknown field.*\(and 2 more: xrviewer check\)"):
        load_case(saved)
    assert len(check_path(saved)) == 3


@given(data=st.data())
@settings(derandomize=True, max_examples=70, deadline=None)
def test_mutated_files_load_or_are_refused(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.getbasetemp() / "fuzzed"
    shutil.rmtree(folder, ignore_errors=True)
    save_case(small_case(), folder)
    name = data.draw(st.sampled_from(["case.json", "t0/anatomy.glb", "t0/dess.nii"]))
    content = bytearray((folder / name).read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] = data.draw(st.integers(0, 255))
    (folder / name).write_bytes(content[: data.draw(st.integers(1, len(content)))])
    try:
        load_case(folder)
    except XrviewerError as error:
        assert "\n" not in str(error)
        assert check_path(folder)


def test_a_layer_absent_from_the_catalogue_survives(tmp_path: Path) -> None:
    case = small_case()
    odd = Layer("odd_thing", "Ödd θ", case.layers[2].color, "plain", "Sentence.", "joint", 0.25)
    save_case(replace(case, layers=(*case.layers[:2], odd)), tmp_path / "knee")
    assert replace(load_case(tmp_path / "knee").layers[2], color=odd.color) == odd


def test_a_layer_whose_structure_is_gone_stays_a_layer(tmp_path: Path) -> None:
    case = small_case()
    none = np.zeros((0, 3), np.float32)
    gone = pack_parts(
        [
            ("femoral_cartilage", none, none, np.zeros((0, 3), np.uint32)),
            *(("femur", *case_part(case, 1)), ("odd_thing", *case_part(case, 2))),
        ]
    )
    after = replace(case.timepoints[1], surfaces=gone)
    save_case(replace(case, timepoints=(case.timepoints[0], after)), tmp_path / "knee")
    back = load_case(tmp_path / "knee")
    assert back.faults == ()
    assert back.timepoints[1].surfaces.parts["triangle_count"].tolist() == [0, 4, 4]


def case_part(case: Case, index: int) -> tuple[Any, Any, Any]:
    packed = case.timepoints[0].surfaces
    points, triangles = packed.part(index)
    row = packed.parts[index]
    normals = packed.normals[int(row["vertex_first"]) :][: int(row["vertex_count"])]
    return points, normals, triangles


SAVING = """
import sys
from pathlib import Path
from dataclasses import replace
from tests.caseio.caseio_samples import small_case
from xrviewer.caseio.folder import save_case
case = small_case()
save_case(case, Path(sys.argv[1]))
print("ready", flush=True)
for i in range(10**6):
    save_case(replace(case, title=f"Version {i}"), Path(sys.argv[1]))
"""


def test_a_kill_at_any_instant_leaves_a_whole_case(tmp_path: Path) -> None:
    here = Path(__file__).parent
    paths = os.pathsep.join([str(here), str(here.parents[1]), *sys.path])
    for delay_s in (0.0, 0.011, 0.023, 0.041):
        with subprocess.Popen(
            [sys.executable, "-c", SAVING, str(tmp_path / "knee")],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": paths},
        ) as saving:
            assert saving.stdout is not None and saving.stdout.readline() == b"ready\n"
            time.sleep(delay_s)
            saving.kill()
        assert check_path(tmp_path / "knee") == ()
        visible = [p.name for p in tmp_path.iterdir() if not p.name.startswith(".")]
        assert sorted(visible) in (["knee"], ["cache", "knee"])
