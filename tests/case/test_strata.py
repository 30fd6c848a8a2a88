"""What lies over what: by tissue, else by what is wrapped in what."""

from __future__ import annotations

from tests.shapes import Look, Mesh, case_of, nothing, sphere
from xrviewer.case.catalogue import TISSUE_COLORS
from xrviewer.case.strata import DEPTHS, strata


def balls(**radii_mm: float) -> dict[str, Mesh]:
    return {name: sphere(radius_mm=radius, rings=6) for name, radius in radii_mm.items()}


def test_every_tissue_of_the_catalogue_has_its_depth() -> None:
    assert set(DEPTHS) == set(TISSUE_COLORS)


def test_tissues_in_the_order_of_a_dissection() -> None:
    roles = ("bone", "cartilage", "artery", "muscle", "skin", "nerve", "lesion")
    case = case_of(balls(**dict.fromkeys(roles, 10)), {r: Look(role=r) for r in roles})
    assert strata(case) == (
        ("skin",),
        ("muscle",),
        ("artery", "nerve"),
        ("cartilage",),
        ("bone",),
        ("lesion",),
    )


def test_without_tissues_the_outer_shell_comes_first() -> None:
    case = case_of(balls(core=10, shell=30, middle=20))
    assert strata(case) == (("shell",), ("middle",), ("core",))


def test_side_by_side_is_one_stratum() -> None:
    case = case_of({"a": sphere((0, 0, 0), 10, 6), "b": sphere((50, 0, 0), 10, 6)})
    assert strata(case) == (("a", "b"),)


def test_an_organ_lies_under_the_deepest_tissue_around_it() -> None:
    meshes = balls(skin=60, ribs=40, heart=15, coat=80)
    looks = {"skin": Look(role="skin"), "ribs": Look(role="bone")}
    assert strata(case_of(meshes, looks)) == (("coat",), ("skin",), ("ribs",), ("heart",))


def test_a_structure_without_triangles_has_a_place_too() -> None:
    case = case_of({"a": sphere(rings=6), "gone": nothing()}, {"a": Look(role="bone")})
    assert sorted(sum(strata(case), ())) == ["a", "gone"]
