"""Accessors as numpy arrays: views of the file where its layout allows, copies else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from xrviewer.caseio.gltf import meshopt
from xrviewer.caseio.gltf.container import Bytes, Container
from xrviewer.caseio.gltf.faults import Budget, UnreadableError
from xrviewer.caseio.gltf.schema import Accessor, BufferView, MeshoptView, Sparse

Array = NDArray[Any]
Column = int | Array
"""Values of all vertices of a block: the number of a checked accessor, or the values."""

_DTYPES: dict[int, np.dtype[Any]] = {
    5120: np.dtype("<i1"),
    5121: np.dtype("<u1"),
    5122: np.dtype("<i2"),
    5123: np.dtype("<u2"),
    5125: np.dtype("<u4"),
    5126: np.dtype("<f4"),
}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}
_FORMATS = {
    (component, name): (dtype, width)
    for component, dtype in _DTYPES.items()
    for name, width in _WIDTHS.items()
}
_FLOAT_COMPONENT, _UNSIGNED = 5126, (5125, 5123, 5121)
_FLOAT = _DTYPES[5126]
_SCALAR = (1,)
_UNKNOWN = (np.dtype(np.uint8), 0)
_LARGEST = {
    dtype: 1 if dtype.kind == "f" else int(np.iinfo(dtype).max) for dtype in _DTYPES.values()
}


class _Extras(msgspec.Struct):
    undefined: float | None = None


class _Place(msgspec.Struct, gc=False):
    """The bytes of a buffer view."""

    data: Bytes
    start: int
    length: int
    stride: int


class Accessors:
    """Reads the accessors of one file."""

    def __init__(self, container: Container, budget: Budget) -> None:
        self._container = container
        self._budget = budget
        self._all = container.document.accessors
        self._views = container.document.buffer_views
        self._places: dict[int, _Place] = {}

    def get(self, index: int) -> Accessor:
        if index >= len(self._all):
            raise UnreadableError(f"accessor {index} does not exist")
        return self._all[index]

    def raw(self, index: int, widths: tuple[int, ...]) -> Array:
        """(count, width) as stored; a view unless the accessor is sparse or has no data."""
        accessor = self.get(index)
        dtype, width = _FORMATS.get((accessor.component_type, accessor.type), _UNKNOWN)
        if width not in widths:
            raise UnreadableError(
                f"accessor {index} is {accessor.type} of type {accessor.component_type}, "
                "which does not fit its use"
            )
        if accessor.sparse is None and accessor.buffer_view is not None:
            return self._view(
                accessor.buffer_view, accessor.byte_offset, accessor.count, dtype, width
            )
        return self._materialized(accessor, dtype, width)

    def floats(self, index: int, widths: tuple[int, ...]) -> NDArray[np.float32]:
        """As float32; normalised integers by the formula of the specification."""
        stored = self.raw(index, widths)
        if stored.dtype is _FLOAT:
            return stored
        self._budget.claim(stored.size * 4)
        values = stored.astype(np.float32)
        if self._all[index].normalized:
            values /= np.float32(_LARGEST[stored.dtype])
            np.maximum(values, np.float32(-1), out=values)
        return values

    def column(self, index: int, widths: tuple[int, ...]) -> Column:
        """Floats; left in the file, checked, where they lie there as such."""
        accessor = self.get(index)
        if accessor.component_type == _FLOAT_COMPONENT and self._is_plain(accessor, widths):
            return index
        return self.floats(index, widths)

    def index_column(self, index: int) -> Column:
        """Unsigned integers; left in the file, checked, where they lie there tightly."""
        accessor = self.get(index)
        if accessor.component_type in _UNSIGNED and self._is_plain(accessor, _SCALAR):
            return index
        stored = self.raw(index, _SCALAR).reshape(-1)
        if stored.dtype.kind != "u":
            raise UnreadableError("indices are not unsigned integers")
        return stored

    def count(self, column: Column) -> int:
        return self._all[column].count if isinstance(column, int) else len(column)

    def values(self, column: Column) -> Array:
        """(count, width), or (count,) for scalars."""
        if not isinstance(column, int):
            return column
        width = _WIDTHS[self._all[column].type]
        flat = self._stored(column)
        return flat if width == 1 else flat.reshape(-1, width)

    def _is_plain(self, accessor: Accessor, widths: tuple[int, ...]) -> bool:
        """Tightly packed in the file, and all of it there; others take the long way."""
        view_index = accessor.buffer_view
        if view_index is None or accessor.sparse is not None:
            return False
        dtype, width = _FORMATS.get((accessor.component_type, accessor.type), _UNKNOWN)
        if width not in widths:
            return False
        place = self._places.get(view_index) or self._located(view_index)
        item = dtype.itemsize * width
        is_there = accessor.byte_offset + accessor.count * item <= place.length
        return is_there and (place.stride == 0 or place.stride == item)

    def scalars(self, index: int) -> NDArray[np.float32]:
        """(count,), NaN where the accessor's extras say that a value means "undefined"."""
        values = self.floats(index, _SCALAR).reshape(-1)
        mark = _undefined(self.get(index))
        if mark is None:
            return values
        self._budget.claim(values.nbytes)
        return np.where(values == np.float32(mark), np.float32(np.nan), values)

    def bytes_of(self, view_index: int) -> bytes:
        """A buffer view's bytes, copied."""
        place = self._located(view_index)
        self._budget.claim(place.length)
        return bytes(memoryview(place.data)[place.start : place.start + place.length])

    def gathered(self, columns: Sequence[Column], dtype: np.dtype[Any], width: int) -> Array:
        """All rows as one flat array; a view when they follow each other in the file."""
        joined = self._joined(columns, dtype.itemsize * width)
        if joined is not None and joined.dtype == dtype:
            return joined
        flat = [self._stored(c) if isinstance(c, int) else c.reshape(-1) for c in columns]
        if not flat:
            return np.zeros(0, dtype)
        return np.concatenate(flat, dtype=dtype, casting="unsafe")

    def _joined(self, columns: Sequence[Column], item: int) -> Array | None:
        """One view over accessors that follow each other in one buffer view."""
        if not columns or not isinstance(columns[0], int):
            return None
        first = self._all[columns[0]]
        following = first.byte_offset
        for column in columns:
            if not isinstance(column, int):
                return None
            accessor = self._all[column]
            if accessor.byte_offset != following or accessor.buffer_view != first.buffer_view:
                return None
            if accessor.component_type != first.component_type:
                return None
            following += accessor.count * item
        whole = self._stored(columns[0], (following - first.byte_offset) // item)
        return whole if whole.flags.aligned else None

    def _stored(self, index: int, count: int | None = None) -> Array:
        """A column that is still in the file, flat."""
        accessor = self._all[index]
        dtype, width = _FORMATS[accessor.component_type, accessor.type]
        place = self._places[accessor.buffer_view or 0]
        rows = accessor.count if count is None else count
        return np.ndarray((rows * width,), dtype, place.data, place.start + accessor.byte_offset)

    def _materialized(self, accessor: Accessor, dtype: np.dtype[Any], width: int) -> Array:
        self._budget.claim(accessor.count * width * dtype.itemsize)
        values: Array = np.zeros((accessor.count, width), dtype)
        if accessor.buffer_view is not None:
            values[:] = self._view(
                accessor.buffer_view, accessor.byte_offset, accessor.count, dtype, width
            )
        if accessor.sparse is not None:
            self._overlay(values, accessor.sparse)
        return values

    def _overlay(self, values: Array, sparse: Sparse) -> None:
        """Writes a sparse accessor's exceptions over its base."""
        index_dtype = _DTYPES.get(sparse.indices.component_type)
        if index_dtype is None or index_dtype.kind != "u" or sparse.count > len(values):
            raise UnreadableError("a sparse accessor's indices cannot be read")
        at, put = sparse.indices, sparse.values
        rows = self._view(at.buffer_view, at.byte_offset, sparse.count, index_dtype, 1)[:, 0]
        if sparse.count and int(rows.max()) >= len(values):
            raise UnreadableError("a sparse accessor's index is out of range")
        values[rows] = self._view(
            put.buffer_view, put.byte_offset, sparse.count, values.dtype, values.shape[1]
        )

    def _view(
        self, view_index: int, offset: int, count: int, dtype: np.dtype[Any], width: int
    ) -> Array:
        """The one place where a claimed count meets the bytes that are there."""
        place = self._located(view_index)
        item = dtype.itemsize * width
        stride = place.stride or item
        needed = offset + (count - 1) * stride + item if count else 0
        if stride < item or needed > place.length:
            raise UnreadableError(
                f"buffer view {view_index} of {place.length} bytes is too short for "
                f"{count} elements of {item} bytes"
            )
        start = place.start + offset
        return np.ndarray((count, width), dtype, place.data, start, (stride, dtype.itemsize))

    def _located(self, index: int) -> _Place:
        """Where a buffer view's bytes are; all of them are there."""
        found = self._places.get(index)
        if found is None:
            if index >= len(self._views):
                raise UnreadableError(f"buffer view {index} does not exist")
            found = self._places[index] = self._locate(index, self._views[index])
        return found

    def _locate(self, index: int, view: BufferView) -> _Place:
        if view.extensions is not None and view.extensions.meshopt is not None:
            unpacked = self._unpacked(view.extensions.meshopt, view)
            return _Place(unpacked, 0, view.byte_length, view.byte_stride)
        data = self._container.buffer(view.buffer)
        claimed = self._container.document.buffers[view.buffer].byte_length
        if view.byte_offset + view.byte_length > claimed:
            raise UnreadableError(f"buffer view {index} reaches past the end of its buffer")
        return _Place(data, view.byte_offset, view.byte_length, view.byte_stride)

    def _unpacked(self, packed: MeshoptView, view: BufferView) -> bytes:
        """What EXT_meshopt_compression hides."""
        size = packed.count * packed.byte_stride
        if size < view.byte_length:
            raise UnreadableError("a meshopt buffer view is shorter than it claims")
        self._budget.claim(16 * size)
        data = self._container.buffer(packed.buffer)
        end = packed.byte_offset + packed.byte_length
        if end > len(data):
            raise UnreadableError("a meshopt buffer view reaches past the end of its buffer")
        return meshopt.decode(bytes(memoryview(data)[packed.byte_offset : end]), packed)


def _undefined(accessor: Accessor) -> float | None:
    """The number that stands for "no value" in this accessor; our own files say so."""
    if not bytes(accessor.extras):
        return None
    try:
        return msgspec.json.decode(accessor.extras, type=_Extras).undefined
    except msgspec.MsgspecError:
        return None
