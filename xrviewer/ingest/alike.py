"""Rows of three numbers that are the same to the bit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_MIX = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)

Numbers = NDArray[np.int64]


def keys(rows: NDArray[np.generic]) -> NDArray[np.uint64]:
    """One number for each row of 64 bits a column; two rows with the same one that are not alike
    are as good as impossible."""
    total = np.zeros(len(rows), np.uint64)
    for column, factor in zip(rows.T, _MIX, strict=True):
        total ^= np.ascontiguousarray(column).view(np.uint64)
        total *= np.uint64(factor)
        total ^= total >> np.uint64(29)
    return total


def unique(rows: NDArray[np.generic]) -> tuple[Numbers, Numbers]:
    """One row of each kind, and for every row the number of its kind."""
    key = keys(rows)
    order = np.argsort(key)
    is_first = np.diff(key[order], prepend=~key[order[:1]]) != 0
    number = np.empty(len(key), np.int64)
    number[order] = np.cumsum(is_first) - 1
    return order[is_first], number


def where_in(rows: NDArray[np.generic], others: NDArray[np.generic]) -> Numbers:
    """Where each row is among the others, -1 where it is not. No two rows are alike, nor others."""
    key = np.concatenate([keys(rows), keys(others)])
    order = np.argsort(key)
    sorted_ = key[order]
    same = np.flatnonzero(sorted_[1:] == sorted_[:-1])
    one, other = np.sort(np.stack([order[same], order[same + 1]]), axis=0)
    at = np.full(len(key), -1, np.int64)
    at[one] = other - len(rows)
    return at[: len(rows)]
