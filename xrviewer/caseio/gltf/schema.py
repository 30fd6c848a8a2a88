"""The part of the glTF 2.0 JSON that holds geometry, as typed records.

Fields that are not named here (textures, cameras, animations, skins) are skipped while parsing.
Tuples and gc=False keep a file of a thousand parts from waking the garbage collector.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Raw, Struct, field

Index = Annotated[int, Meta(ge=0)]
_Vec3 = tuple[float, float, float]
_Vec4 = tuple[float, float, float, float]
_Mat4 = Annotated[list[float], Meta(min_length=16, max_length=16)]


class Asset(Struct, rename="camel", gc=False):
    version: str
    min_version: str | None = None


class Buffer(Struct, rename="camel", gc=False):
    byte_length: Index
    uri: str | None = None


class MeshoptView(Struct, rename="camel", gc=False):
    """EXT_meshopt_compression on a buffer view."""

    buffer: Index
    byte_length: Index
    byte_stride: Index
    count: Index
    mode: str
    byte_offset: Index = 0
    filter: str = "NONE"


class ViewExtensions(Struct, gc=False):
    meshopt: MeshoptView | None = field(default=None, name="EXT_meshopt_compression")


class BufferView(Struct, rename="camel", gc=False):
    buffer: Index
    byte_length: Index
    byte_offset: Index = 0
    byte_stride: Index = 0
    extensions: ViewExtensions | None = None


class SparseIndices(Struct, rename="camel", gc=False):
    buffer_view: Index
    component_type: int
    byte_offset: Index = 0


class SparseValues(Struct, rename="camel", gc=False):
    buffer_view: Index
    byte_offset: Index = 0


class Sparse(Struct, rename="camel", gc=False):
    count: Index
    indices: SparseIndices
    values: SparseValues


class Accessor(Struct, rename="camel", gc=False):
    component_type: int
    count: Index
    type: str
    buffer_view: Index | None = None
    byte_offset: Index = 0
    normalized: bool = False
    sparse: Sparse | None = None
    extras: Raw = Raw()


class Draco(Struct, rename="camel", gc=False):
    """KHR_draco_mesh_compression on a primitive; attributes give Draco's unique ids."""

    buffer_view: Index
    attributes: dict[str, Index]


class PrimitiveExtensions(Struct, gc=False):
    draco: Draco | None = field(default=None, name="KHR_draco_mesh_compression")


class Primitive(Struct, rename="camel", gc=False):
    attributes: dict[str, Index]
    indices: Index | None = None
    material: Index | None = None
    mode: int = 4
    targets: tuple[dict[str, Index], ...] = ()
    extensions: PrimitiveExtensions | None = None


class Mesh(Struct, rename="camel", gc=False):
    primitives: list[Primitive]
    name: str = ""
    weights: tuple[float, ...] = ()


class MetallicRoughness(Struct, rename="camel", gc=False):
    base_color_factor: _Vec4 | None = None


class Material(Struct, rename="camel", gc=False):
    pbr_metallic_roughness: MetallicRoughness | None = None
    alpha_mode: str = "OPAQUE"


class Node(Struct, rename="camel", gc=False):
    name: str = ""
    mesh: Index | None = None
    skin: Index | None = None
    children: tuple[Index, ...] = ()
    matrix: _Mat4 | None = None
    translation: _Vec3 | None = None
    rotation: _Vec4 | None = None
    scale: _Vec3 | None = None
    weights: tuple[float, ...] = ()
    extras: Raw = Raw()


class Scene(Struct, gc=False):
    nodes: tuple[Index, ...] = ()


class Document(Struct, rename="camel", gc=False):
    asset: Asset
    accessors: tuple[Accessor, ...] = ()
    buffer_views: tuple[BufferView, ...] = ()
    buffers: tuple[Buffer, ...] = ()
    materials: tuple[Material, ...] = ()
    meshes: tuple[Mesh, ...] = ()
    nodes: tuple[Node, ...] = ()
    scenes: tuple[Scene, ...] = ()
    scene: Index | None = None
    extensions_required: tuple[str, ...] = ()
    extensions_used: tuple[str, ...] = ()
