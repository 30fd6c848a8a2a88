"""Parts, places, names, looks, and parts that are left out."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.caseio.gltf.gltf_builder import TETRA_POINTS, TETRA_TRIANGLES, Builder, in_case_mm
from xrviewer.case.model import Color
from xrviewer.case.surfaces import Surfaces
from xrviewer.caseio.gltf import GltfParts, read_gltf
from xrviewer.errors import GltfError
from xrviewer.spatial.frames import MODEL_FROM_CASE

ROOT = MODEL_FROM_CASE.T.reshape(-1).tolist()
QUARTER_ABOUT_X = [np.sqrt(0.5), 0, 0, np.sqrt(0.5)]


def read(built: Builder, folder: Path) -> GltfParts:
    return read_gltf(built.glb(folder / "a.glb"))


def volume_mm3(surfaces: Surfaces, part: int) -> float:
    """By the divergence theorem: positive when triangles face outwards."""
    points, triangles = surfaces.part(part)
    a, b, c = (points[triangles[:, i]].astype(np.float64) for i in range(3))
    return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6)


def outward_share(surfaces: Surfaces, part: int) -> float:
    """Share of normals that point away from the part's middle."""
    points, _ = surfaces.part(part)
    first = int(surfaces.parts[part]["vertex_first"])
    normals = surfaces.normals[first : first + len(points)]
    return float((np.einsum("ij,ij->i", normals, points - points.mean(axis=0)) > 0).mean())


def test_metres_y_up_become_millimetres_in_the_patient(tmp_path: Path) -> None:
    built = Builder()
    built.tetra("Femur (L)")
    parts = read(built, tmp_path)
    points, triangles = parts.surfaces.part(0)
    np.testing.assert_array_equal(points, in_case_mm(TETRA_POINTS).astype(np.float32))
    np.testing.assert_array_equal(triangles, TETRA_TRIANGLES)
    assert parts.names == ("Femur (L)",)
    assert parts.surfaces.part_ids == ("femur_l",)
    assert (parts.colors, parts.opacities, parts.groups) == ((None,), (1.0,), (None,))
    assert parts.faults == ()


def test_a_root_in_case_millimetres_gives_back_its_numbers_bit_for_bit(tmp_path: Path) -> None:
    points = np.random.default_rng(0).normal(0, 300, (4, 3)).astype(np.float32)
    built = Builder()
    root = built.node(name="case", matrix=ROOT)
    built.node(root, mesh=built.mesh(built.primitive(points, TETRA_TRIANGLES)))
    np.testing.assert_array_equal(read(built, tmp_path).surfaces.positions_mm, points)


def test_places_multiply_down_the_tree(tmp_path: Path) -> None:
    built = Builder()
    arm = built.node(name="arm", translation=[1, 0, 0], rotation=QUARTER_ABOUT_X)
    built.tetra("hand", arm, scale=[2, 2, 2], translation=[0, 0, 4])
    parts = read(built, tmp_path)
    # x stays, y goes to z and z to -y about x; then the arm's shift.
    local = TETRA_POINTS * 2.0 + (0, 0, 4)
    model = np.stack([local[:, 0] + 1, -local[:, 2], local[:, 1]], axis=1)
    np.testing.assert_allclose(parts.surfaces.positions_mm, in_case_mm(model), atol=1e-3)
    assert volume_mm3(parts.surfaces, 0) == pytest.approx(8e9, rel=1e-6)
    assert outward_share(parts.surfaces, 0) == 1


def test_given_normals_turn_by_the_inverse_transpose(tmp_path: Path) -> None:
    slope = np.array([1, 1, 0]) / np.sqrt(2)
    built = Builder()
    normals = built.accessor(np.tile(slope, (4, 1)))
    mesh = built.mesh(built.primitive(TETRA_POINTS, TETRA_TRIANGLES, NORMAL=normals))
    built.node(mesh=mesh, scale=[2, 1, 1])
    # A plane x + y = 0 stretched twofold in x is x / 2 + y = 0; in the case y is z.
    expected = np.array([0.5, 0, 1]) / np.sqrt(1.25)
    surfaces = read(built, tmp_path).surfaces
    np.testing.assert_allclose(surfaces.normals, np.tile(expected, (4, 1)), atol=1e-6)


@pytest.mark.parametrize("scale", [[-1, 1, 1], [-1, -1, -1], [1, -2, 3]])
def test_a_mirrored_part_still_faces_outwards(tmp_path: Path, scale: list[float]) -> None:
    built = Builder()
    built.tetra(scale=scale)
    surfaces = read(built, tmp_path).surfaces
    assert volume_mm3(surfaces, 0) == pytest.approx(1e9 * abs(np.prod(scale)), rel=1e-6)
    assert outward_share(surfaces, 0) == 1


def test_one_mesh_in_two_nodes_is_two_parts(tmp_path: Path) -> None:
    built = Builder()
    built.tetra("menisci")
    built.node(mesh=0, name="menisci", scale=[-1, 1, 1], translation=[5, 0, 0])
    parts = read(built, tmp_path)
    assert parts.surfaces.part_ids == ("menisci", "menisci-2")
    assert [volume_mm3(parts.surfaces, i) for i in (0, 1)] == pytest.approx([1e9, 1e9], rel=1e-4)
    np.testing.assert_array_equal(parts.surfaces.parts["vertex_first"], [0, 4])
    low, high = parts.surfaces.parts["min_mm"][1], parts.surfaces.parts["max_mm"][1]
    np.testing.assert_allclose((low, high), ((4000, -3000, 0), (5000, 0, 2000)))


def test_primitives_of_a_mesh_are_one_part(tmp_path: Path) -> None:
    built = Builder()
    first = built.primitive(TETRA_POINTS, TETRA_TRIANGLES)
    second = built.primitive(TETRA_POINTS + 10, TETRA_TRIANGLES)
    shared = {**first, "indices": built.accessor([0, 2, 1], "u1")}
    built.node(mesh=built.mesh(first, second, shared))
    surfaces = read(built, tmp_path).surfaces
    expected = [*TETRA_TRIANGLES, *(TETRA_TRIANGLES + 4), [0, 2, 1]]
    np.testing.assert_array_equal(surfaces.part(0)[1], expected)
    assert len(surfaces.positions_mm) == 8


def test_groups_are_the_nearest_named_parent_below_the_root(tmp_path: Path) -> None:
    built = Builder()
    root = built.node(name="everything")
    bones = built.node(root, name="bones")
    leg = built.node(bones)
    built.tetra("femur", leg)
    built.tetra("skin", root)
    built.tetra("table")
    assert read(built, tmp_path).groups == ("bones", None, None)


def test_ids_are_stated_or_slugs_and_never_twice(tmp_path: Path) -> None:
    names = ["Ménisque latéral", "膝蓋骨", "!!", "", "Femur-2", "Femur", "femur"]
    built = Builder()
    for name in names:
        built.tetra(name)
    built.tetra("anything", extras={"layer": "femur"})
    parts = read(built, tmp_path)
    expected = ("menisque_lateral", "膝蓋骨", "part", "node_3", "femur_2")
    assert parts.surfaces.part_ids == (*expected, "femur-2", "femur-3", "femur")
    assert parts.names == (*names[:3], "node 3", *names[4:], "anything")


def test_base_colours_come_as_srgb(tmp_path: Path) -> None:
    built = Builder()
    linear = [((c / 255 + 0.055) / 1.055) ** 2.4 for c in (0xE8, 0xDC, 0xC4)]
    rough = {"baseColorFactor": [*linear, 0.25]}
    built.json["materials"] = [
        {"pbrMetallicRoughness": rough, "alphaMode": "BLEND"},
        {"pbrMetallicRoughness": rough},
        {"pbrMetallicRoughness": {"metallicFactor": 0}},
    ]
    for number in range(3):
        primitive = built.primitive(TETRA_POINTS, TETRA_TRIANGLES) | {"material": number}
        built.node(mesh=built.mesh(primitive))
    parts = read(built, tmp_path)
    assert [c and c.hex() for c in parts.colors] == ["#e8dcc4", "#e8dcc4", None]
    assert isinstance(parts.colors[0], Color)
    assert parts.opacities == (0.25, 1.0, 1.0)


def test_vertex_colours_come_as_srgb_and_white_elsewhere(tmp_path: Path) -> None:
    built = Builder()
    rgb = built.accessor([[0, 0, 0], [1, 1, 1], [0.2158605, 1, 0], [2, -1, 0.5]])
    rgba = built.accessor([[0, 255, 0, 128]] * 4, "u1", normalized=True)
    for color in ({"COLOR_0": rgb}, {"COLOR_0": rgba}, {}):
        built.node(mesh=built.mesh(built.primitive(TETRA_POINTS, TETRA_TRIANGLES, **color)))
    colors = read(built, tmp_path).surfaces.colors
    assert colors is not None
    rows = [[0, 0, 0], [255, 255, 255], [128, 255, 0], [255, 0, 188]]
    np.testing.assert_array_equal(colors[:4], np.column_stack([rows, [255] * 4]))
    np.testing.assert_array_equal(colors[4:8], [[0, 255, 0, 128]] * 4)
    np.testing.assert_array_equal(colors[8:], np.full((4, 4), 255))


def test_application_attributes_become_maps(tmp_path: Path) -> None:
    built = Builder()
    own = {"_THICKNESS_MM": built.accessor([1, 2, 3, 4]), "_UV": built.accessor([[1, 2]] * 4)}
    built.node(mesh=built.mesh(built.primitive(TETRA_POINTS, TETRA_TRIANGLES, **own)))
    built.tetra()
    region = built.accessor([1, 0, 0, 7], "u2", extras={"undefined": 7})
    mesh = built.mesh(built.primitive(TETRA_POINTS, TETRA_TRIANGLES, _REGION=region))
    built.node(mesh=mesh)
    maps = read(built, tmp_path).surfaces.maps
    nan = np.nan
    assert sorted(maps) == ["region", "thickness_mm"]
    np.testing.assert_array_equal(maps["thickness_mm"].values, [1, 2, 3, 4, *[nan] * 8])
    np.testing.assert_array_equal(maps["region"].values, [*[nan] * 8, 1, 0, 0, nan])


def test_missing_wrong_and_long_normals_are_made_good(tmp_path: Path) -> None:
    built = Builder()
    built.tetra()
    wrong = [[np.nan, 0, 0], [0, 0, 0], [np.inf, 0, 0], [0, 0, 7]]
    given = {"NORMAL": built.accessor(wrong)}
    built.node(mesh=built.mesh(built.primitive(TETRA_POINTS, TETRA_TRIANGLES, **given)))
    normals = read(built, tmp_path).surfaces.normals
    faces = np.cross(
        TETRA_POINTS[TETRA_TRIANGLES[:, 1]] - TETRA_POINTS[TETRA_TRIANGLES[:, 0]],
        TETRA_POINTS[TETRA_TRIANGLES[:, 2]] - TETRA_POINTS[TETRA_TRIANGLES[:, 0]],
    )
    for vertex in range(4):
        mean = in_case_mm(
            sum(f for f, t in zip(faces, TETRA_TRIANGLES, strict=True) if vertex in t)
        )
        np.testing.assert_allclose(normals[vertex], mean / np.linalg.norm(mean), atol=1e-6)
    np.testing.assert_allclose(normals[4:7], normals[:3], atol=1e-6)
    np.testing.assert_allclose(normals[7], [0, -1, 0], atol=1e-6)


def test_a_soup_of_triangles_is_smooth_where_points_meet(tmp_path: Path) -> None:
    built = Builder()
    built.node(mesh=built.mesh(built.primitive(TETRA_POINTS[TETRA_TRIANGLES.reshape(-1)])))
    built.tetra()
    surfaces = read(built, tmp_path).surfaces
    soup, welded = surfaces.normals[:12], surfaces.normals[12:]
    np.testing.assert_allclose(soup, welded[TETRA_TRIANGLES.reshape(-1)], atol=1e-6)


def test_points_and_lines_are_named_and_left_out(tmp_path: Path) -> None:
    built = Builder()
    for mode in range(4):
        built.node(
            mesh=built.mesh(built.primitive(TETRA_POINTS) | {"mode": mode}), name=f"mode {mode}"
        )
    parts = read(built, tmp_path)
    assert parts.names == () and len(parts.faults) == 4
    assert parts.faults[0] == "mode 0: points have no surface and are left out"


def broken_parts() -> dict[str, Any]:
    """Each spoils a tetra's primitive or node; the reason that must be named."""

    def at(key: str, value: Any) -> Any:
        return lambda b, p, n: p.__setitem__(key, value)

    def points(values: Any) -> Any:
        return lambda b, p, n: p["attributes"].update(POSITION=b.accessor(values))

    def attribute(name: str, values: Any, dtype: str = "f4", **more: Any) -> Any:
        return lambda b, p, n: p["attributes"].update({name: b.accessor(values, dtype, **more)})

    def indices(values: Any, dtype: str, **more: Any) -> Any:
        return lambda b, p, n: p.update(indices=b.accessor(values, dtype, **more))

    nan_points = TETRA_POINTS.copy()
    nan_points[2, 1] = np.nan
    far = np.where(TETRA_POINTS > 0, 3e38, 0)
    return {
        "not a number": (points(nan_points), "finite"),
        "infinite": (points(np.where(TETRA_POINTS > 0, np.inf, 0)), "finite"),
        "infinite in millimetres": (points(far), "finite"),
        "index too high": (indices([0, 1, 4], "u2"), "index 4 is out of range of 4 vertices"),
        "index is restart": (indices([0, 1, 255], "u1"), "out of range"),
        "signed indices": (indices([0, 1, 2], "i2"), "unsigned"),
        "vector indices": (indices([[0, 1]], "u2"), "does not fit"),
        "no such accessor": (at("indices", 99), "accessor 99 does not exist"),
        "no such mode": (at("mode", 9), "mode 9"),
        "no position": (at("attributes", {}), "no POSITION"),
        "flat position": (attribute("POSITION", [[0, 1]] * 4), "does not fit"),
        "few normals": (attribute("NORMAL", [[0, 0, 1]]), "1 elements for 4"),
        "few map values": (attribute("_A", [1, 2]), "2 elements for 4"),
        "too many claimed": (attribute("POSITION", TETRA_POINTS, count=2**40), "too short"),
        "far offset": (attribute("POSITION", TETRA_POINTS, byteOffset=2**63), "too short"),
        "unknown component": (indices([0, 1, 2], "u2", componentType=5124), "does not fit"),
        "no such buffer view": (indices([0, 1, 2], "u2", bufferView=77), "77 does not exist"),
        "flattened": (lambda b, p, n: n.update(scale=[1, 0, 1]), "flattens"),
        "no rotation left": (lambda b, p, n: n.update(matrix=[0] * 16), "flattens"),
        "endless": (lambda b, p, n: n.update(scale=[1e308, 1e308, 1e308]), "f"),
    }


@pytest.mark.parametrize("case", broken_parts().values(), ids=broken_parts().keys())
def test_a_broken_part_is_named_and_the_rest_is_loaded(tmp_path: Path, case: Any) -> None:
    spoil, reason = case
    built = Builder()
    built.tetra("good")
    bad = built.tetra("bad")
    primitive = built.json["meshes"][1]["primitives"][0]
    spoil(built, primitive, built.json["nodes"][bad])
    built.tetra("good too")
    parts = read(built, tmp_path)
    assert parts.names == ("good", "good too")
    assert len(parts.faults) == 1 and parts.faults[0].startswith("bad: ")
    assert reason in parts.faults[0]
    assert volume_mm3(parts.surfaces, 1) == pytest.approx(1e9, rel=1e-6)


def test_indices_may_not_reach_into_the_next_primitive(tmp_path: Path) -> None:
    built = Builder()
    first = built.primitive(TETRA_POINTS, [0, 1, 5])
    built.node(mesh=built.mesh(first, built.primitive(TETRA_POINTS, TETRA_TRIANGLES)))
    with pytest.raises(GltfError, match="index 5 is out of range of 4 vertices"):
        read(built, tmp_path)


def test_the_restart_value_is_refused_even_in_range(tmp_path: Path) -> None:
    points = np.random.default_rng(0).normal(size=(300, 3))
    built = Builder()
    good, bad = built.primitive(points), built.primitive(points)
    good["indices"] = built.accessor([0, 1, 254], "u1")
    bad["indices"] = built.accessor([0, 1, 255], "u1")
    built.node(mesh=built.mesh(good))
    built.node(mesh=built.mesh(bad))
    parts = read(built, tmp_path)
    assert len(parts.names) == 1 and "restart" in parts.faults[0]


def test_a_file_of_broken_parts_only_is_refused(tmp_path: Path) -> None:
    built = Builder()
    built.node(mesh=built.mesh({"attributes": {"POSITION": 5}}), name="bad")
    with pytest.raises(GltfError, match=r"a\.glb: nothing can be used: bad: accessor 5"):
        read(built, tmp_path)


def test_a_file_without_a_shown_mesh_is_empty_and_says_so(tmp_path: Path) -> None:
    built = Builder()
    built.node(name="nothing")
    parts = read(built, tmp_path)
    assert parts.surfaces.part_ids == () and parts.faults == ("it shows no mesh",)
    assert parts.surfaces.positions_mm.shape == (0, 3)
    assert parts.surfaces.triangles.shape == (0, 3)


def test_what_is_shown_otherwise_than_meant_is_named(tmp_path: Path) -> None:
    built = Builder()
    built.tetra("arm", skin=0)
    built.json["extensionsUsed"] = ["EXT_mesh_gpu_instancing", "KHR_materials_unlit"]
    parts = read(built, tmp_path)
    assert parts.names == ("arm",)
    assert parts.faults == (
        "it uses EXT_mesh_gpu_instancing, which is not read: "
        "each mesh is shown once, not at all its places",
        "arm: its skin is not applied; it is shown as modelled",
    )


def test_a_node_outside_the_scene_is_not_shown(tmp_path: Path) -> None:
    built = Builder()
    built.tetra("shown")
    built.tetra("hidden")
    built.json["scenes"] = [{"nodes": [1]}, {"nodes": [0]}]
    built.json["scene"] = 1
    assert read(built, tmp_path).names == ("shown",)
    del built.json["scenes"], built.json["scene"]
    assert read(built, tmp_path).names == ("shown", "hidden")


def _cycle(nodes: Any) -> None:
    nodes[0]["children"], nodes[1]["children"] = [1], [0]


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (_cycle, "cycle"),
        (lambda nodes: nodes[0].update(children=[0]), "cycle"),
        (lambda nodes: (nodes[0].update(children=[2]), nodes[1].update(children=[2])), "parents"),
        (lambda nodes: nodes[0].update(children=[2, 2]), "parents"),
        (lambda nodes: nodes[0].update(children=[9]), "does not exist"),
        (lambda nodes: nodes[0].update(mesh=9), "mesh 9"),
        (lambda nodes: nodes[0].update(children=[-1]), "not glTF 2.0"),
        (lambda nodes: nodes[0].update(matrix=[1.0]), "not glTF 2.0"),
    ],
)
def test_nodes_that_are_no_tree_are_refused(tmp_path: Path, spoil: Any, reason: str) -> None:
    built = Builder()
    for _ in range(3):
        built.tetra()
    spoil(built.json["nodes"])
    with pytest.raises(GltfError, match=reason):
        read(built, tmp_path)


def test_arrays_cannot_be_written_to(tmp_path: Path) -> None:
    built = Builder()
    built.tetra()
    surfaces = read(built, tmp_path).surfaces
    for array in (surfaces.parts, surfaces.positions_mm, surfaces.normals, surfaces.triangles):
        assert not array.flags.writeable
