"""From a real archive to a case, by every way there is, and one line for whatever goes wrong."""

from __future__ import annotations

import errno
import json
import resource
import select
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from tests.ingest.servers.conftest import HEAD, KNEE, series_of_study, write_large_series
from tests.ingest.servers.orthanc import AET, Orthanc, free_port
from xrviewer.caseio.check import check_path
from xrviewer.caseio.loose import open_path
from xrviewer.cli import app
from xrviewer.errors import XrviewerError
from xrviewer.ingest.servers import link

Where = Callable[[Orthanc], list[str]]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [*map(str, arguments)])


def failure(result: Result) -> str:
    """The one line."""
    assert isinstance(result.exception, XrviewerError), result.exception
    text = str(result.exception)
    assert "\n" not in text and len(text) < 300
    return text


def by_get(server: Orthanc) -> list[str]:
    return [f"{server.pacs}/{HEAD}"]


def by_move(server: Orthanc) -> list[str]:
    return [f"{server.pacs}/{HEAD}", "--move-port", str(server.move_port)]


def by_web(server: Orthanc) -> list[str]:
    return [f"{server.web}/studies/{HEAD}"]


@pytest.mark.parametrize("where", [by_get, by_move, by_web])
def test_a_study_becomes_a_case(archive: Orthanc, tmp_path: Path, where: Where) -> None:
    done = run("import", *where(archive), "--out", tmp_path / "case")
    assert done.exit_code == 0, done.output
    assert check_path(tmp_path / "case") == ()
    (volume,) = open_path(tmp_path / "case").timepoints[0].volumes
    assert volume.voxels.shape == (12, 10, 8)


@pytest.mark.parametrize("where", [by_get, by_move, by_web])
def test_what_is_packed_comes_as_it_is(packed: Orthanc, tmp_path: Path, where: Where) -> None:
    """Of three syntaxes in one series: nothing is lost, whoever unpacks it."""
    write_large_series(tmp_path / "plain")
    assert run("import", tmp_path / "plain", "--out", tmp_path / "one").exit_code == 0
    done = run("import", *where(packed), "--out", tmp_path / "two")
    assert done.exit_code == 0, done.output
    one, two = (open_path(tmp_path / n).timepoints[0].volumes[0] for n in ("one", "two"))
    assert np.array_equal(one.voxels, two.voxels)


def one_series_by_get(server: Orthanc) -> list[str]:
    return [f"{server.pacs}/{KNEE}/{series_of_study(server.folder / 'made', 7)}"]


def one_series_by_move(server: Orthanc) -> list[str]:
    return [*one_series_by_get(server), "--move-port", str(server.move_port)]


def one_series_by_web(server: Orthanc) -> list[str]:
    uid = series_of_study(server.folder / "made", 7)
    return [f"{server.web}/studies/{KNEE}/series/{uid}"]


@pytest.mark.parametrize("where", [one_series_by_get, one_series_by_move, one_series_by_web])
def test_one_series_alone(archive: Orthanc, tmp_path: Path, where: Where) -> None:
    done = run("import", *where(archive), "--out", tmp_path / "case")
    assert done.exit_code == 0, done.output
    (volume,) = open_path(tmp_path / "case").timepoints[0].volumes
    assert volume.voxels.shape == (12, 10, 5) and volume.name.startswith("MR COR PD")


def test_a_follow_up_from_the_archive(archive: Orthanc, tmp_path: Path) -> None:
    out = tmp_path / "case"
    assert run("import", f"{archive.pacs}/{KNEE}", "--series", 2, "--out", out).exit_code == 0
    later = run("import", f"{archive.web}/studies/{HEAD}", "--timepoint", "Year 1", "--out", out)
    assert later.exit_code == 0, later.output
    assert [t.day for t in open_path(out).timepoints] == [0, 366]


@pytest.mark.parametrize("where", ["pacs", "web"])
def test_what_there_is_is_listed(archive: Orthanc, where: str) -> None:
    server = getattr(archive, where)
    listed = run("find", server, "--json")
    assert listed.exit_code == 0, listed.output
    rows = {row["study"]: row for row in json.loads(listed.stdout)["found"]}
    assert rows.keys() == {KNEE, HEAD}
    assert rows[HEAD]["date"] == "20210301" and rows[HEAD]["modalities"] == "MR"
    assert "Doe" not in listed.stdout
    late = json.loads(run("find", server, "--date", "20210101-", "--json").stdout)
    assert [row["study"] for row in late["found"]] == [HEAD]
    assert json.loads(run("find", server, "--patient", "none", "--json").stdout) == {"found": []}


@pytest.mark.parametrize("where", ["pacs", "web"])
def test_the_series_of_a_study_are_listed(archive: Orthanc, where: str) -> None:
    study = archive.pacs if where == "pacs" else f"{archive.web}/studies"
    rows = json.loads(run("find", f"{study}/{KNEE}", "--json").stdout)["found"]
    assert [(r["number"], r["description"], r["images"]) for r in rows] == [
        (2, "SAG DESS", 8),
        (7, "COR PD", 5),
    ]
    shown = run("find", f"{study}/{KNEE}")
    assert shown.exit_code == 0 and "SAG DESS" in shown.output


def test_several_series_are_listed_by_the_archives_name(archive: Orthanc, tmp_path: Path) -> None:
    said = failure(run("import", f"{archive.pacs}/{KNEE}", "--out", tmp_path / "case"))
    assert said.startswith(f"{archive.pacs} holds 2 series: 2 (MR SAG DESS, 8 slices), 7")


def test_no_such_study(archive: Orthanc, tmp_path: Path) -> None:
    for place in (
        [f"{archive.pacs}/1.2.3"],
        [f"{archive.pacs}/1.2.3", "--move-port", archive.move_port],
        [f"{archive.web}/studies/1.2.3"],
    ):
        assert "has no such study" in failure(run("import", *place, "--out", tmp_path / "case"))
    assert not (tmp_path / "case").exists()


def test_a_server_that_is_down(tmp_path: Path) -> None:
    port = free_port()
    for place in (f"pacs://A@localhost:{port}/1.2", f"http://localhost:{port}/dicom-web/studies/1"):
        said = failure(run("import", place, "--out", tmp_path / "case"))
        assert "cannot be reached" in said


def test_a_host_that_is_not(tmp_path: Path) -> None:
    said = failure(run("import", "pacs://A@host.invalid:104/1.2", "--out", tmp_path / "case"))
    assert "cannot be reached" in said


def test_the_wrong_title_of_either(archive: Orthanc, tmp_path: Path) -> None:
    wrong = archive.pacs.replace(AET, "OTHER")
    assert "another AE title" in failure(run("find", wrong))
    assert "does it know our AE title, NOBODY?" in failure(
        run("find", archive.pacs, "--as", "NOBODY")
    )


def test_a_server_that_breaks_off_is_asked_again(archive: Orthanc) -> None:
    """By a door before the archive: it is tried, then shut on the first request, then open."""
    with socket.create_server(("localhost", 0)) as door:
        address = archive.pacs.replace(str(archive.dicom_port), str(door.getsockname()[1]))
        keeper = threading.Thread(target=keep_the_door, args=(door, archive.dicom_port))
        keeper.start()
        listed = run("find", address, "--json")
        keeper.join()
    assert listed.exit_code == 0, listed.exception
    assert {row["study"] for row in json.loads(listed.stdout)["found"]} == {KNEE, HEAD}


def keep_the_door(door: socket.socket, port: int) -> None:
    for is_request in (False, True):
        guest, _ = door.accept()
        with guest:
            assert bool(guest.recv(1 << 16)) is is_request
    guest, _ = door.accept()
    with guest, socket.create_connection(("localhost", port)) as archive:
        ways = {guest: archive, archive: guest}
        while ready := select.select(list(ways), [], [], 30)[0]:
            for one in ready:
                said = one.recv(1 << 16)
                if not said:
                    return
                ways[one].sendall(said)


def test_a_server_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link, "ASSOCIATE_S", 0.3)
    with socket.create_server(("localhost", 0)) as silent:
        said = failure(run("find", f"pacs://A@localhost:{silent.getsockname()[1]}"))
    assert "did not answer within 0.3 s" in said


def test_a_web_server_is_no_dicom_server(archive: Orthanc) -> None:
    said = failure(run("find", f"pacs://A@localhost:{archive.http_port}"))
    assert "is it a DICOM server?" in said
    said = failure(run("find", f"http://localhost:{archive.http_port}/elsewhere"))
    assert "is no DICOMweb server" in said


def test_a_disk_that_fills(
    archive: Orthanc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a limit on the size of files, which the kernel keeps to as it does to a full disk."""
    for where in (by_get, by_move, by_web):
        with limited_files(600):
            said = run("import", *where(archive), "--out", tmp_path / "case").exception
        assert isinstance(said, OSError) and said.errno == errno.EFBIG
    assert not (tmp_path / "case").exists()


@contextmanager
def limited_files(size: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_port_that_is_taken(archive: Orthanc, tmp_path: Path) -> None:
    place = [f"{archive.pacs}/{HEAD}", "--move-port", archive.http_port]
    assert "cannot be listened on" in failure(run("import", *place, "--out", tmp_path / "case"))


def test_a_password_is_asked_for(locked: Orthanc, tmp_path: Path) -> None:
    said = failure(run("import", f"{locked.web}/studies/1.2", "--out", tmp_path / "case"))
    assert "~/.netrc" in said


def test_a_certificate_that_nobody_knows_is_refused(
    guarded: Orthanc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in (f"{guarded.pacs}/{HEAD}", f"{guarded.web}/studies/{HEAD}"):
        said = failure(run("import", place, "--out", tmp_path / "case"))
        assert "certificate is not trusted" in said
    monkeypatch.setenv("SSL_CERT_FILE", str(guarded.certificate))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(guarded.certificate))
    for number, place in enumerate((f"{guarded.pacs}/{HEAD}", f"{guarded.web}/studies/{HEAD}")):
        done = run("import", place, "--out", tmp_path / f"case {number}")
        assert done.exit_code == 0, done.exception
    plain = guarded.pacs.replace("+tls", "")
    assert "broke the connection off" in failure(run("find", plain))


def test_tls_where_there_is_none(archive: Orthanc) -> None:
    assert "does not speak TLS" in failure(run("find", archive.pacs.replace("pacs", "pacs+tls")))
