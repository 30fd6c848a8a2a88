"""The node tree: which meshes are shown, and where."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from xrviewer.caseio.gltf.schema import Document, Node
from xrviewer.spatial.transforms import Matrix

IDENTITY = np.eye(4)
IDENTITY.setflags(write=False)


class TreeError(Exception):
    """The nodes are no tree. Never leaves this package."""


class _Extras(msgspec.Struct):
    layer: str | None = None


class Placed(msgspec.Struct, gc=False):
    """A node that shows a mesh, or is a layer of ours that has none."""

    node: int
    mesh: int | None
    model_from_mesh: Matrix
    """The same object where nodes share their parent's place."""
    group: str | None
    layer: str | None


def placed_nodes(document: Document) -> list[Placed]:
    """In the order of the file's node list; raises TreeError for what is no forest."""
    nodes = document.nodes
    _check_forest(nodes)
    found: list[Placed] = []
    seen: set[int] = set()
    stack: list[tuple[int, Matrix, str | None, bool]]
    stack = [(root, IDENTITY, None, True) for root in _roots(document)]
    while stack:
        index, parent, group, is_root = stack.pop()
        if index in seen:
            raise TreeError(f"node {index} is listed twice")
        seen.add(index)
        node = nodes[index]
        place = _place(node, parent)
        layer = _layer(node)
        if node.mesh is not None or layer:
            found.append(Placed(index, node.mesh, place, group, layer))
        inner = group if is_root or not node.name else node.name
        stack.extend((child, place, inner, False) for child in node.children)
    return sorted(found, key=lambda placed: placed.node)


def _roots(document: Document) -> Sequence[int]:
    """Of the scene a viewer shows; of every tree when there is no scene."""
    if document.scenes:
        index = document.scene or 0
        if index >= len(document.scenes):
            raise TreeError(f"scene {index} does not exist")
        roots = document.scenes[index].nodes
        if any(root >= len(document.nodes) for root in roots):
            raise TreeError(f"scene {index} names a node that does not exist")
        return roots
    inner = {child for node in document.nodes for child in node.children}
    return [i for i in range(len(document.nodes)) if i not in inner]


def _check_forest(nodes: Sequence[Node]) -> None:
    """Every node has one parent at most, and none is its own ancestor."""
    parents = [-1] * len(nodes)
    for index, node in enumerate(nodes):
        for child in node.children:
            if child >= len(nodes):
                raise TreeError(f"node {index} has a child {child} that does not exist")
            if parents[child] >= 0:
                raise TreeError(f"node {child} has two parents")
            parents[child] = index
    reached = [i for i, parent in enumerate(parents) if parent < 0]
    for index in reached:
        reached.extend(nodes[index].children)
    if len(reached) < len(nodes):
        raise TreeError("its nodes form a cycle")


def _place(node: Node, parent: Matrix) -> Matrix:
    if node.matrix is not None:
        return _product(parent, np.array(node.matrix).reshape(4, 4).T)
    if node.translation is None and node.rotation is None and node.scale is None:
        return parent
    local = np.eye(4)
    if node.rotation is not None:
        local[:3, :3] = _rotation(node.rotation)
    if node.scale is not None:
        local[:3, :3] *= node.scale
    if node.translation is not None:
        local[:3, 3] = node.translation
    return _product(parent, local)


def _product(parent: Matrix, local: Matrix) -> Matrix:
    # Two thirds of the nodes of common exporters carry a matrix that says nothing.
    return parent if np.array_equal(local, IDENTITY) else parent @ local


def _rotation(quaternion: tuple[float, float, float, float]) -> Matrix:
    """By the formula for any length, as viewers do: not quite unit is common, zero is not."""
    x, y, z, w = quaternion
    squared = x * x + y * y + z * z + w * w
    s = 2 / squared if squared > 0 else 0.0
    return np.array(
        [
            [1 - s * (y * y + z * z), s * (x * y - z * w), s * (x * z + y * w)],
            [s * (x * y + z * w), 1 - s * (x * x + z * z), s * (y * z - x * w)],
            [s * (x * z - y * w), s * (y * z + x * w), 1 - s * (x * x + y * y)],
        ]
    )


def _layer(node: Node) -> str | None:
    """The layer id our own writer leaves on a node."""
    if b"layer" not in bytes(node.extras):
        return None
    try:
        return msgspec.json.decode(node.extras, type=_Extras).layer
    except msgspec.MsgspecError:
        return None
