"""Any glTF 2.0 file as the parts of a case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
from msgspec import Struct

from xrviewer.case.model import Color
from xrviewer.case.surfaces import ScalarMap, Surfaces, frozen
from xrviewer.caseio.gltf.accessors import Accessors
from xrviewer.caseio.gltf.colors import material_look
from xrviewer.caseio.gltf.container import Container, open_container
from xrviewer.caseio.gltf.faults import Budget, TooLargeError, UnreadableError
from xrviewer.caseio.gltf.geometry import Geometry, mesh_geometry, morphed
from xrviewer.caseio.gltf.naming import unique_ids
from xrviewer.caseio.gltf.packing import Packed, Shape, pack, packed_bytes
from xrviewer.caseio.gltf.placing import is_collapsed
from xrviewer.caseio.gltf.schema import Document
from xrviewer.caseio.gltf.tree import Placed, TreeError, placed_nodes
from xrviewer.errors import GltfError
from xrviewer.spatial.frames import CASE_FROM_MODEL
from xrviewer.spatial.transforms import Matrix

_GEOMETRY_EXTENSIONS = frozenset(
    {"KHR_mesh_quantization", "KHR_draco_mesh_compression", "EXT_meshopt_compression"}
)
_LOOK_EXTENSIONS = (
    "KHR_materials_",
    "KHR_texture_",
    "EXT_texture_",
    "KHR_lights_",
    "KHR_animation_",
    "KHR_node_visibility",
    "KHR_xmp",
)
"""They change no shape, so a file that requires them can still be read."""
_IGNORED_EXTENSIONS = {
    "EXT_mesh_gpu_instancing": "each mesh is shown once, not at all its places",
    "KHR_node_visibility": "hidden nodes are shown",
}
_PART_COST = 1000
"""Bytes a part and each of its primitives cost beside the arrays."""


@dataclass(frozen=True, slots=True, eq=False)
class GltfParts:
    """What a glTF file shows, a part a node with a mesh."""

    surfaces: Surfaces
    """In the case frame: LPS millimetres."""
    names: tuple[str, ...]
    """As the nodes have them."""
    colors: tuple[Color | None, ...]
    """sRGB; None where the file states none."""
    opacities: tuple[float, ...]
    groups: tuple[str | None, ...]
    """Nearest named parent node below the root."""
    faults: tuple[str, ...]
    """What could not be read, a line each."""


class _Part(Struct, gc=False):
    node: Placed
    name: str
    shape: Shape


def read_gltf(path: Path) -> GltfParts:
    """Reads a .glb or .gltf; raises GltfError when it is invalid or nothing in it can be used.

    Vertices become CASE_FROM_MODEL @ the node's place; a file whose root carries
    MODEL_FROM_CASE gives back its numbers bit for bit, as views of the mapped file.
    """
    container = open_container(path)
    faults = _check_readable(container)
    try:
        # What overflows is found by looking at the result.
        with np.errstate(all="ignore"):
            return _Reading(container, faults).parts()
    except (TreeError, TooLargeError) as error:
        raise GltfError(path, str(error)) from error
    except MemoryError as error:
        raise GltfError(path, "needs more memory than this machine has free") from error


class _Reading:
    """The work on one file."""

    def __init__(self, container: Container, faults: list[str]) -> None:
        self._container = container
        self._document: Document = container.document
        self._budget = Budget()
        self._accessors = Accessors(container, self._budget)
        self._meshes: dict[int, Geometry | UnreadableError] = {}
        self._faults = faults
        self._places: dict[int, Matrix | None] = {}
        self._is_broken = False

    def parts(self) -> GltfParts:
        nodes = placed_nodes(self._document)
        found = [part for node in nodes for part in self._part(node)]
        found, packed = self._packed(found)
        if not found and self._is_broken:
            more = f", and {len(self._faults) - 1} more" if len(self._faults) > 1 else ""
            raise GltfError(self._container.path, f"nothing can be used: {self._faults[0]}{more}")
        if not found and not self._faults:
            self._faults.append("it shows no mesh")
        return self._result(found, packed)

    def _part(self, node: Placed) -> list[_Part]:
        """One part, or none and a fault."""
        name = self._name(node)
        try:
            geometry = self._geometry(node)
        except UnreadableError as error:
            self._lose(name, str(error))
            return []
        for kind in sorted(set(geometry.skipped)):
            self._faults.append(f"{name}: {kind} have no surface and are left out")
        if geometry.skipped and not geometry.pieces:
            return []
        if self._document.nodes[node.node].skin is not None:
            self._faults.append(f"{name}: its skin is not applied; it is shown as modelled")
        case_from_mesh = self._place(node.model_from_mesh)
        if case_from_mesh is None:
            self._faults.append(f"{name}: its node's transform flattens it or is too large")
            return []
        self._budget.claim(_PART_COST * (1 + len(geometry.pieces)))
        return [_Part(node, name, Shape(geometry, case_from_mesh))]

    def _place(self, model_from_mesh: Matrix) -> Matrix | None:
        """Into the case frame, once for all nodes in one place; None where nothing is left."""
        key = id(model_from_mesh)
        if key not in self._places:
            case_from_mesh = CASE_FROM_MODEL @ model_from_mesh
            self._places[key] = None if is_collapsed(case_from_mesh) else case_from_mesh
        return self._places[key]

    def _name(self, node: Placed) -> str:
        meshes = self._document.meshes
        name = self._document.nodes[node.node].name
        if not name and node.mesh is not None and node.mesh < len(meshes):
            name = meshes[node.mesh].name
        return name or f"node {node.node}"

    def _geometry(self, node: Placed) -> Geometry:
        if node.mesh is None:
            return Geometry()
        if node.mesh >= len(self._document.meshes):
            raise TreeError(f"node {node.node} shows mesh {node.mesh}, which does not exist")
        mesh = self._document.meshes[node.mesh]
        geometry = self._meshes.get(node.mesh)
        if geometry is None:
            try:
                geometry = mesh_geometry(self._accessors, self._budget, mesh)
            except UnreadableError as error:
                geometry = error
            self._meshes[node.mesh] = geometry
        if isinstance(geometry, UnreadableError):
            raise geometry
        weights = self._document.nodes[node.node].weights or mesh.weights
        return morphed(self._accessors, self._budget, geometry, weights)

    def _lose(self, name: str, reason: str) -> None:
        self._is_broken = True
        self._faults.append(f"{name}: {reason}")

    def _packed(self, found: list[_Part]) -> tuple[list[_Part], Packed]:
        """Leaves out parts until the rest fits together; each round finds a kind of fault."""
        self._budget.claim(packed_bytes([part.shape for part in found]))
        while True:
            packed = pack(self._accessors, [part.shape for part in found])
            if isinstance(packed, Packed):
                return found, packed
            for index, reason in packed.items():
                self._lose(found[index].name, reason)
            found = [part for i, part in enumerate(found) if i not in packed]

    def _result(self, found: Sequence[_Part], packed: Packed) -> GltfParts:
        names = tuple(part.name for part in found)
        looks = [self._look(part.shape.geometry.material) for part in found]
        return GltfParts(
            surfaces=_surfaces(unique_ids([part.node.layer for part in found], names), packed),
            names=names,
            colors=tuple(color for color, _ in looks),
            opacities=tuple(opacity for _, opacity in looks),
            groups=tuple(part.node.group for part in found),
            faults=tuple(" ".join(fault.split()) for fault in self._faults),
        )

    def _look(self, material: int | None) -> tuple[Color | None, float]:
        if material is None or material >= len(self._document.materials):
            return material_look(None)
        return material_look(self._document.materials[material])


def _surfaces(ids: tuple[str, ...], packed: Packed) -> Surfaces:
    return Surfaces(
        part_ids=ids,
        parts=frozen(packed.parts),
        positions_mm=frozen(packed.positions_mm),
        normals=frozen(packed.normals),
        triangles=frozen(packed.triangles),
        maps=MappingProxyType({k: ScalarMap(k, frozen(v)) for k, v in packed.maps.items()}),
        colors=None if packed.colors is None else frozen(packed.colors),
    )


def _check_readable(container: Container) -> list[str]:
    """Refuses what would be read wrong; returns what may be."""
    document, path = container.document, container.path
    version, needed = document.asset.version, document.asset.min_version
    if not version.startswith("2."):
        raise GltfError(path, f"is glTF version {version[:20]!r}; only 2.0 can be read")
    for name in document.extensions_required:
        if name not in _GEOMETRY_EXTENSIONS and not name.startswith(_LOOK_EXTENSIONS):
            raise GltfError(
                path,
                f"requires the extension {name}, which cannot be read; "
                "write the file again without it, for instance with gltf-transform",
            )
    faults = [
        f"it uses {name}, which is not read: {what}"
        for name, what in _IGNORED_EXTENSIONS.items()
        if name in document.extensions_used
    ]
    if needed not in (None, "2.0"):
        faults.append(f"it asks for a reader of glTF {needed[:20]!r} and was read as 2.0")
    return faults
