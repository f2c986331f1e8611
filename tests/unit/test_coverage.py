"""What the acts of a log say about when which entities were recorded."""

from typing import Any

from custom_components.iot_blockchain.history.coverage import Coverage, ToldAct, read

SECOND = 1_000_000


def covered(*acts: tuple[int, str, dict[str, Any]], now: int = 100) -> Coverage:
    """Read acts by their times in seconds; every tenth entry is one of them."""
    told = [
        ToldAct(10 * number, time * SECOND, act, members)
        for number, (time, act, members) in enumerate(acts)
    ]
    return read(told, lambda index: (index - 1) * SECOND, now * SECOND)


def selecting(entities: str, **more: object) -> dict[str, Any]:
    """Return what an act says of one source."""
    source = {"title": "Fridge", "reports": False, "entity_id": entities, **more}
    return {"sources": {"s": source}}


def seconds(coverage: Coverage) -> dict[str, list[tuple[float, float]]]:
    """Return the spans in seconds."""
    return {
        name: [(first / SECOND, last / SECOND) for first, last in spans]
        for name, spans in coverage.spans.items()
    }


def test_from_start_to_stop_and_from_start_to_now() -> None:
    found = covered(
        (1, "started", {}),
        (2, "sources", selecting("a.a b.b")),
        (10, "stopped", {}),
        (20, "started", {}),
    )
    assert seconds(found) == {
        "a.a": [(2, 9), (20, 100)],
        "b.b": [(2, 9), (20, 100)],
    }


def test_pause_outlasts_a_start() -> None:
    found = covered(
        (1, "started", {}),
        (1, "sources", selecting("a.a")),
        (10, "paused", {}),
        (20, "stopped", {}),
        (30, "started", {}),
        (40, "resumed", {}),
    )
    assert seconds(found) == {"a.a": [(1, 9), (40, 100)]}


def test_crash_ends_with_what_was_written_last() -> None:
    found = covered(
        (1, "started", {}), (1, "sources", selecting("a.a")), (50, "started", {})
    )
    # The entry before the last act is number 19, and of second 19.
    assert seconds(found) == {"a.a": [(1, 19), (50, 100)]}


def test_sources_that_leave_out_changes_do_not_count() -> None:
    for more in (
        {"interval": "60"},
        {"deadband": "1"},
        {"what only a later version knows": True},
        {"excluded": "a.a"},
    ):
        acts = [(1, "started", {}), (1, "sources", selecting("a.a", **more))]
        assert seconds(covered(*acts)) == {}
    for more in ({"reports": True}, {"urgent": True}, {"area_id": "kitchen"}):
        acts = [(1, "started", {}), (1, "sources", selecting("a.a", **more))]
        assert seconds(covered(*acts)) == {"a.a": [(1, 100)]}


def test_other_sources_from_some_time_on() -> None:
    found = covered(
        (1, "started", {}),
        (1, "sources", selecting("a.a")),
        (10, "sources", selecting("b.b")),
        (20, "sources", {"sources": "nonsense"}),
        (30, "sources", {"sources": {"s": "nonsense"}}),
    )
    assert seconds(found) == {"a.a": [(1, 10)], "b.b": [(10, 20)]}


def test_renamed_entity_keeps_its_past() -> None:
    found = covered(
        (1, "started", {}),
        (1, "sources", selecting("a.a c.c")),
        (10, "entity_renamed", {"from": "a.a", "to": "b.b"}),
        (10, "sources", selecting("b.b c.c")),
        (20, "stopped", {}),
        (30, "entity_renamed", {"from": "b.b", "to": "c.c"}),
    )
    # What was c.c before is another entity, and gone.
    assert seconds(found) == {"c.c": [(1, 19)]}
    assert found.present_names({"a.a"}) == {"a.a", "c.c"}
    assert found.segments("c.c") == [
        ("c.c", 50, 2**63 - 1),
        ("b.b", 20, 50),
        ("a.a", 0, 20),
    ]
    # Whoever took an old name later is another entity.
    assert found.segments("a.a") == [("a.a", 20, 2**63 - 1)]


def selected(**lists: dict[str, str]) -> dict[str, Any]:
    """Return what an act tells of what the targets of sources select."""
    return {"targets": lists}


def test_what_targets_select_is_recorded_for_as_long_as_they_do() -> None:
    found = covered(
        (1, "started", {}),
        (1, "sources", selecting("a.a", area_id="kitchen")),
        (1, "selected", selected(s={"added": "b.b c.c"})),
        (10, "selected", selected(s={"added": "d.d", "removed": "b.b"})),
        (20, "selected", selected(s={"added": "b.b"}, gone={"removed": "x.x"})),
        (30, "selected", {"targets": "nonsense"}),
        (30, "selected", {"targets": {"s": "nonsense"}}),
    )
    assert seconds(found) == {
        "a.a": [(1, 100)],
        "b.b": [(1, 10), (20, 100)],
        "c.c": [(1, 100)],
        "d.d": [(10, 100)],
    }


def test_targets_of_a_source_that_leaves_out_changes_do_not_count() -> None:
    found = covered(
        (1, "started", {}),
        (1, "sources", selecting("", deadband="1")),
        (1, "selected", selected(s={"added": "b.b"}, other={"added": "c.c"})),
    )
    assert seconds(found) == {}


def test_renamed_entity_of_an_area_is_the_same_in_whatever_order_that_is_told() -> None:
    moved = (10, "selected", selected(s={"added": "c.c", "removed": "b.b"}))
    renamed = (10, "entity_renamed", {"from": "b.b", "to": "c.c"})
    for acts in ((moved, renamed), (renamed, moved)):
        found = covered(
            (1, "started", {}),
            (1, "sources", selecting("", area_id="kitchen")),
            (1, "selected", selected(s={"added": "b.b"})),
            *acts,
        )
        spans = seconds(found)["c.c"]
        assert spans in ([(1, 10), (10, 100)], [(1, 100)])


def test_clock_that_was_set_back_makes_no_span_backwards() -> None:
    found = covered(
        (50, "started", {}),
        (50, "sources", selecting("a.a")),
        (10, "stopped", {}),
        (20, "started", {}),
    )
    assert seconds(found) == {"a.a": [(20, 100)]}
