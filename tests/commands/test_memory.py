"""What is no longer needed goes back to the system, seen by a process of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

LEFT_BEHIND = """
import sys
import numpy as np, psutil
from xrviewer.commands.memory import give_large_blocks_back
if sys.argv[1] == "asked":
    give_large_blocks_back()
del (first := [np.ones(30 << 17)])[:]  # glibc learns that 30 MB are nothing special
before = psutil.Process().memory_info().rss
kept, large = [], []
for _ in range(20):
    large.append(np.ones(8 << 17))
    kept.append(bytes(100_000))  # what stays lies between
del large[:]
print((psutil.Process().memory_info().rss - before) >> 20)
"""


def left_mb(how: str) -> int:
    ran = subprocess.run(
        [sys.executable, "-c", LEFT_BEHIND, how], capture_output=True, text=True, check=True
    )
    return int(ran.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's own ways")
def test_large_blocks_are_given_back_although_small_ones_lie_between() -> None:
    assert left_mb("asked") < 10
    assert left_mb("not") > 100
