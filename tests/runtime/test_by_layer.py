"""What a number says of every layer."""

from __future__ import annotations

from mcore_mappers_runtime.by_layer import experts, linear, windows, without_rope


def test_a_number_stands_for_every_nth_layer() -> None:
    assert experts(3, 6) == [1, 0, 0, 1, 0, 0]
    assert windows(3, 6) == linear(3, 6) == [1, 1, 0, 1, 1, 0]
    assert without_rope(3, 6) == [0, 0, 1, 0, 0, 1]


def test_nothing_said_is_the_same_of_all_layers() -> None:
    assert windows(None, 2) == [1, 1]
    assert linear(None, 2) == without_rope(None, 2) == without_rope(0, 2) == [0, 0]


def test_a_list_says_it_of_each_layer() -> None:
    assert experts([0, 1, True], 3) == windows([0, 1, True], 3) == [0, 1, 1]


def test_of_anything_else_megatron_makes_nothing() -> None:
    assert experts("3", 6) is experts(0, 6) is experts(-1, 6) is None
