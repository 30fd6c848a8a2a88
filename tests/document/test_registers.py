from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from xrviewer.document.registers import Register, Registers, Sweep, Value, Write

REPLICAS = ("ana", "ben", "cem")
OPENING = {("layer", id, "opacity"): 1.0 for id in "abc"}

typed = st.tuples(st.sampled_from(REPLICAS), st.sampled_from("abc"), st.floats(0, 1))


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(typed, max_size=30), st.randoms(use_true_random=False))
def test_replicas_converge_however_writes_arrive(
    asked: list[tuple[str, str, float]], chance: random.Random
) -> None:
    """Everyone writes, hears some of the others at once, and the rest late, twice, shuffled."""
    replicas = {name: Registers(OPENING) for name in REPLICAS}
    written: list[Write] = []
    for author, id, value in asked:
        stamp = replicas[author].next_stamp(author)
        write = Write(("layer", id, "opacity"), *stamp, value)
        written.append(write)
        replicas[author].merge(write)
        replicas[chance.choice(REPLICAS)].merge(chance.choice(written))
    for replica in replicas.values():
        for write in chance.sample(written * 2, len(written) * 2):
            replica.merge(write)
    ana, ben, cem = (replica.values() for replica in replicas.values())
    assert ana == ben == cem
    assert len({replica.clock for replica in replicas.values()}) == 1


def test_the_later_stamp_wins_and_the_author_breaks_a_tie() -> None:
    registers = Registers(OPENING)
    assert registers.merge(Write(("layer", "a", "opacity"), 2, "ana", 0.2))
    assert not registers.merge(Write(("layer", "a", "opacity"), 1, "zoe", 0.1))
    assert registers.merge(Write(("layer", "a", "opacity"), 2, "ben", 0.3))
    assert not registers.merge(Write(("layer", "a", "opacity"), 2, "ben", 0.3))
    assert registers.held(("layer", "a", "opacity")).value == 0.3


def test_a_local_write_is_newer_than_all_that_was_heard() -> None:
    registers = Registers(OPENING)
    registers.merge(Write(("layer", "b", "opacity"), 41, "ben", 0.5))
    assert registers.next_stamp("ana") == (42, "ana")


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.permutations(range(80)), st.sampled_from([1, 3]), st.booleans(), st.data())
def test_many_at_once_are_as_one_by_one(
    order: list[int], step: int, is_shuffled: bool, data: st.DataObject
) -> None:
    """Evenly apart or not, some of them as they were before, with others behind them."""
    opening: dict[Register, Value] = {("layer", str(i), "opacity"): 1.0 for i in range(300)}
    numbers = order if is_shuffled else list(range(0, 80 * step, step))
    registers = [("layer", str(i), "opacity") for i in [*numbers, 299, 250]]
    asked = data.draw(st.lists(st.sampled_from([0.5, 1.0]), min_size=82, max_size=82))
    if data.draw(st.booleans()):
        asked = [0.5] * 82
    at_once, one_by_one = Registers(opening), Registers(opening)
    written = at_once.write(Sweep(registers, asked), "ana")
    for register, value in zip(registers, asked, strict=True):
        one_by_one.write({register: value}, "ana")
    assert at_once.values() == one_by_one.values()
    assert [write.register for write in written.writes] == [
        register for register, value in zip(registers, asked, strict=True) if value != 1.0
    ]
    assert all(at_once.held(write.register) is write for write in written.writes)
