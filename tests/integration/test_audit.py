"""The audit finds what was done to the recorder's database, and nothing else."""

import asyncio
import random
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from homeassistant.components.recorder.core import Recorder
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import (
    area_registry as ar,
    entity_registry as er,
    issue_registry as ir,
)
from homeassistant.helpers.recorder import DATA_INSTANCE
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (  # type: ignore[import-untyped]
    async_fire_time_changed,
)
from pytest_homeassistant_custom_component.components.recorder.common import (  # type: ignore[import-untyped]
    async_wait_recording_done,
)
from sqlalchemy.exc import SQLAlchemyError

from custom_components.iot_blockchain.anchoring import happenings
from custom_components.iot_blockchain.anchoring.happenings import Happening
from custom_components.iot_blockchain.history import audit, auditing, recorder_history
from custom_components.iot_blockchain.history.recorder_history import HistoryError

from .conftest import SetUp
from .house import House, source, until

FRIDGE, DOOR = "sensor.fridge", "binary_sensor.door"
# The integration's own entities have states, too.
_THEIRS = (
    "metadata_id IN (SELECT metadata_id FROM states_meta WHERE entity_id IN"
    f" ('{FRIDGE}', '{DOOR}', 'sensor.kitchen'))"
)

pytestmark = pytest.mark.parametrize("persistent_database", [True])


@pytest.fixture(autouse=True)
def _custom_integrations(
    recorder_mock: Recorder, enable_custom_integrations: None
) -> None:
    """Have a recorder, which must be there before Home Assistant is."""


class Editor:
    """Edits the recorder's database by hand, as anybody can who reaches its file."""

    def __init__(self, hass: HomeAssistant, url: str) -> None:
        self._hass = hass
        self._path = url.removeprefix("sqlite:///")

    async def __call__(self, statement: str, *parameters: object) -> int:
        """Execute a statement, and return how many rows it has changed."""
        await async_wait_recording_done(self._hass)

        def execute() -> int:
            with closing(sqlite3.connect(self._path)) as connection:
                count = connection.execute(statement, parameters).rowcount
                connection.commit()
                return count

        return await self._hass.async_add_executor_job(execute)

    async def select(self, query: str) -> list[tuple[Any, ...]]:
        """Return what the database has."""

        def ask() -> list[tuple[Any, ...]]:
            with closing(sqlite3.connect(self._path)) as connection:
                return connection.execute(query).fetchall()

        return await self._hass.async_add_executor_job(ask)

    async def alter(self, old: str, new: str) -> None:
        """Write another state over one."""
        statement = f"UPDATE states SET state = ? WHERE state = ? AND {_THEIRS}"
        assert await self(statement, new, old) == 1

    async def delete(self, state: str) -> None:
        """Delete the row of a state."""
        await self("UPDATE states SET old_state_id = NULL")
        statement = f"DELETE FROM states WHERE state = ? AND {_THEIRS}"
        assert await self(statement, state) == 1

    async def insert(self, state: str, after: str, *, seconds: float = 0.001) -> None:
        """Insert the row of a state, a moment after another one."""
        count = await self(
            "INSERT INTO states (state, last_updated_ts, metadata_id, attributes_id)"
            " SELECT ?, last_updated_ts + ?, metadata_id, attributes_id FROM states"
            f" WHERE state = ? AND {_THEIRS}",
            state,
            seconds,
            after,
        )
        assert count == 1


@pytest.fixture
def edit(hass: HomeAssistant, recorder_db_url: str) -> Editor:
    """What changes the database."""
    return Editor(hass, recorder_db_url)


async def day(hass: HomeAssistant, house: House, *states: str) -> None:
    """Let the fridge have these states, one after the other."""
    for state in states:
        hass.states.async_set(FRIDGE, state, {"unit_of_measurement": "°C"})
        await asyncio.sleep(0.005)  # there is to be time between two states
    await house.flush()


def found(answer: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    """Return what was found: its kind, what was recorded, and what is there."""
    findings = [
        (each["kind"], each["recorded"], each["found"]) for each in answer["findings"]
    ]
    kinds = [kind for kind, _, _ in findings]
    for kind in ("altered", "deleted", "inserted"):
        assert answer[kind] == kinds.count(kind)
    return findings


async def test_nothing_is_found_where_nothing_was_done(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(source(FRIDGE))
    await day(hass, house, "1", "2", "1")
    answer = await house.call("audit")
    assert found(answer) == []
    assert (answer["entities"], answer["readings"]) == (1, 3)
    assert answer["not_compared"] == []
    assert ir.async_get(hass).issues == {}


async def test_altered_state_is_named(
    hass: HomeAssistant, set_up: SetUp, edit: Editor
) -> None:
    house = await set_up(source(FRIDGE))
    await day(hass, house, "4.0", "9.5", "4.1")
    await edit.alter("9.5", "4.2")
    answer = await house.call("audit")
    assert found(answer) == [("altered", "9.5", "4.2")]
    (finding,) = answer["findings"]
    receipt = await house.call("get_receipt", index=finding["index"])
    assert receipt["readings"][0]["state"] == "9.5"
    assert receipt["readings"][0]["time"] == finding["time"]
    assert finding["entity"] == FRIDGE


@pytest.mark.parametrize("state", ["first", "second", "last"])
async def test_deleted_state_is_named(
    hass: HomeAssistant, set_up: SetUp, edit: Editor, state: str
) -> None:
    # The history begins before, as it does in every house.
    hass.states.async_set("sun.sun", "above_horizon")
    house = await set_up(source(FRIDGE))
    await day(hass, house, "first", "second", "last")
    await edit.delete(state)
    assert found(await house.call("audit")) == [("deleted", state, None)]


async def test_each_of_several_deleted_states_is_named(
    hass: HomeAssistant, set_up: SetUp, edit: Editor
) -> None:
    """Also one that history seems to say still, because it said so before."""
    house = await set_up(source(FRIDGE))
    await day(hass, house, "4", "5", "6", "4", "7")
    await edit("UPDATE states SET old_state_id = NULL")
    await edit(f"DELETE FROM states WHERE state IN ('5', '6') AND {_THEIRS}")
    await edit(
        "DELETE FROM states WHERE state_id ="
        f" (SELECT max(state_id) FROM states WHERE state = '4' AND {_THEIRS})"
    )
    assert found(await house.call("audit")) == [
        ("deleted", "5", None),
        ("deleted", "6", None),
        ("deleted", "4", None),
    ]


async def test_all_that_was_deleted_is_counted_and_the_first_are_named(
    hass: HomeAssistant,
    set_up: SetUp,
    edit: Editor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(audit, "MOST_FINDINGS", 3)
    monkeypatch.setattr(audit, "_PAGE", 4)
    hass.states.async_set("sun.sun", "above_horizon")
    house = await set_up(source(FRIDGE))
    await day(hass, house, *(str(number) for number in range(20)))
    await edit("UPDATE states SET old_state_id = NULL")
    await edit(
        "DELETE FROM states WHERE metadata_id ="
        " (SELECT metadata_id FROM states_meta WHERE entity_id = ?)",
        FRIDGE,
    )
    answer = await house.call("audit")
    assert answer["deleted"] == 20
    assert [each["recorded"] for each in answer["findings"]] == ["0", "1", "2"]


async def test_inserted_state_is_named(
    hass: HomeAssistant, set_up: SetUp, edit: Editor
) -> None:
    house = await set_up(source(FRIDGE))
    await day(hass, house, "4.0", "9.5")
    await edit.insert("8.0", after="4.0")
    await edit.insert("4.0 ", after="8.0")
    assert found(await house.call("audit")) == [
        ("inserted", "4.0", "8.0"),
        ("inserted", "4.0", "4.0 "),
    ]


async def test_way_back_from_an_inserted_state_is_named_too(
    hass: HomeAssistant, set_up: SetUp, edit: Editor
) -> None:
    house = await set_up(source(FRIDGE))
    await day(hass, house, "4.0", "9.5")
    await edit.insert("8.0", after="4.0")
    await edit(
        "INSERT INTO states (state, last_updated_ts, metadata_id) SELECT '4.0',"
        " last_updated_ts + 0.001, metadata_id FROM states WHERE state = '8.0'"
    )
    assert found(await house.call("audit")) == [
        ("inserted", "4.0", "8.0"),
        ("inserted", "4.0", "4.0"),
    ]


async def test_state_moved_to_another_time_is_named(
    hass: HomeAssistant, set_up: SetUp, edit: Editor
) -> None:
    house = await set_up(source(FRIDGE))
    await day(hass, house, "4.0", "9.5", "4.1")
    await edit(
        "UPDATE states SET last_updated_ts = last_updated_ts + 0.0005"
        " WHERE state = '9.5'"
    )
    assert found(await house.call("audit")) == [("deleted", "9.5", None)]
    await edit(
        "UPDATE states SET last_updated_ts = last_updated_ts - 0.002"
        " WHERE state = '9.5'"
    )
    assert found(await house.call("audit")) == [("inserted", "4.0", "9.5")]


async def test_attributes_row_that_says_another_state_is_named(
    hass: HomeAssistant, set_up: SetUp, edit: Editor
) -> None:
    house = await set_up(source(FRIDGE))
    await day(hass, house, "4.0", "9.5")
    hass.states.async_set(FRIDGE, "9.5", {"battery": 90})
    await day(hass, house, "4.1")
    assert found(await house.call("audit")) == []
    changed = await edit(
        "UPDATE states SET state = '5.0' WHERE last_changed_ts IS NOT NULL"
        " AND state = '9.5'"
    )
    assert changed == 1
    assert found(await house.call("audit")) == [("altered", "9.5", "5.0")]


async def test_altered_unit_is_named(
    hass: HomeAssistant, set_up: SetUp, edit: Editor
) -> None:
    house = await set_up(source(FRIDGE))
    await day(hass, house, "4.0", "9.5")
    changed = await edit(
        "UPDATE state_attributes SET shared_attrs = replace(shared_attrs, '°C', '°F')"
    )
    assert changed > 0
    answer = await house.call("audit")
    # Both states share the row that was altered.
    assert found(answer) == [("altered", "°C", "°F")] * 2
    assert {each["attribute"] for each in answer["findings"]} == {"unit_of_measurement"}


async def test_altered_attribute_is_named_where_it_was_recorded(
    hass: HomeAssistant, set_up: SetUp, edit: Editor
) -> None:
    house = await set_up(source(FRIDGE, policy={"attributes": ["battery", "door"]}))
    for battery in (90, 80.5, [1, "ä"]):
        attributes = {"battery": battery, "door": "shut", "other": 7, "none": None}
        hass.states.async_set(FRIDGE, "4.0", attributes)
        await asyncio.sleep(0.005)
    await house.flush()
    assert found(await house.call("audit")) == []
    alter = "UPDATE state_attributes SET shared_attrs = replace(shared_attrs, ?, ?)"
    await edit(alter, '"other":7', '"other":8')
    assert found(await house.call("audit")) == []
    await edit(alter, "80.5", "95.5")
    (finding,) = (await house.call("audit"))["findings"]
    assert finding["attribute"] == "battery"
    assert (finding["recorded"], finding["found"]) == ("80.5", "95.5")
    receipt = await house.call("get_receipt", index=finding["index"])
    assert receipt["readings"][0]["attributes"]["battery"] == "80.5"
    await edit("UPDATE state_attributes SET shared_attrs = '[' WHERE shared_attrs > ''")
    assert found(await house.call("audit")) == []  # Nobody can say what was there.


async def test_state_that_was_deleted_with_its_attributes_is_named(
    hass: HomeAssistant, set_up: SetUp, edit: Editor
) -> None:
    house = await set_up(source(FRIDGE, policy={"attributes": ["battery"]}))
    for battery in (90, 80, 70):
        hass.states.async_set(FRIDGE, "4.0", {"battery": battery})
        await asyncio.sleep(0.005)
    await house.flush()
    await edit("UPDATE states SET old_state_id = NULL")
    deleted = await edit(
        "DELETE FROM states WHERE attributes_id = (SELECT attributes_id FROM"
        " state_attributes WHERE shared_attrs LIKE '%\"battery\":80%')"
    )
    assert deleted == 1
    assert found(await house.call("audit")) == [("deleted", "4.0", None)]


async def test_state_of_a_unit_that_never_was_recorded_is_nobodys_business(
    hass: HomeAssistant, set_up: SetUp, edit: Editor
) -> None:
    house = await set_up(source(FRIDGE))
    hass.states.async_set(DOOR, "off")
    await day(hass, house, "4.0")
    await edit.alter("off", "on")
    assert found(await house.call("audit")) == []
    with pytest.raises(ServiceValidationError, match=DOOR):
        await house.call("audit", entity_id=DOOR)


async def test_only_what_was_asked_for_is_compared(
    hass: HomeAssistant, set_up: SetUp, edit: Editor
) -> None:
    house = await set_up(source(FRIDGE, DOOR))
    hass.states.async_set(DOOR, "off")
    await day(hass, house, "4.0", "9.5")
    middle = dt_util.utcnow()
    await day(hass, house, "4.1")
    await edit.alter("off", "on")
    await edit.alter("9.5", "4.2")
    await edit.alter("4.1", "4.3")

    async def recorded(**asked: object) -> list[str]:
        answer = await house.call("audit", **asked)
        return [recorded for _, recorded, _ in found(answer)]

    assert await recorded() == ["off", "9.5", "4.1"]
    assert await recorded(entity_id=DOOR) == ["off"]
    assert await recorded(entity_id=FRIDGE, end=middle, duration=60) == ["9.5"]
    assert await recorded(start=middle) == ["4.1"]
    answer = await house.call("audit", start=middle - timedelta(days=99))
    assert datetime.fromisoformat(answer["start"]) > middle - timedelta(minutes=1)


async def test_what_is_found_is_told(
    hass: HomeAssistant, set_up: SetUp, edit: Editor
) -> None:
    house = await set_up(source(FRIDGE))
    told: list[Happening] = []
    happenings.listen(hass, lambda _, happening: told.append(happening))
    await day(hass, house, "4.0", "9.5", "4.1")
    await edit.alter("9.5", "4.2")
    registry = ir.async_get(hass)
    for _ in range(2):
        await house.call("audit")
    ((_, issue),) = registry.issues.items()
    assert issue.translation_key == "history_differs"
    assert issue.is_persistent
    shown = issue.translation_placeholders
    assert shown is not None
    assert (shown["altered"], shown["deleted"], shown["inserted"]) == ("1", "0", "0")
    assert shown["first"].startswith(f"- {FRIDGE}, 20")
    # Once for what is found, and not every night.
    (happening,) = told
    assert happening.details == {
        "reason": "history",
        "error": "the history has 1 altered, 0 deleted and 0 inserted states",
        "entities": [FRIDGE],
    }
    await house.unload()
    assert len(registry.issues) == 1
    await house.hass.config_entries.async_setup(house.entry.entry_id)
    # A part says nothing of the whole.
    await house.call("audit", duration={"milliseconds": 1})
    assert len(registry.issues) == 1
    await edit.alter("4.2", "9.5")
    await house.call("audit")
    assert registry.issues == {}


async def test_restart_and_reload_are_no_findings(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(source(FRIDGE))
    await day(hass, house, "1", "2")
    await house.unload()
    await day_unseen(hass, "3", "4", "2")
    await house.hass.config_entries.async_setup(house.entry.entry_id)
    await day(hass, house, "5")
    await house.reload()
    await day(hass, house, "6")
    assert found(await house.call("audit")) == []


async def test_crash_is_no_finding_on_either_side(
    hass: HomeAssistant,
    set_up: SetUp,
    edit: Editor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A crash loses the last moment of both, and no act says when that was."""
    house = await set_up(source(FRIDGE))
    await day(hass, house, "1", "2")
    with monkeypatch.context() as crashing:
        recording = house.coordinator.recording
        crashing.setattr(recording, "async_stop", lambda: asyncio.sleep(0))
        recording._stop_listening()
        await day_unseen(hass, "3")
        await house.unload()
    await house.hass.config_entries.async_setup(house.entry.entry_id)
    await day(hass, house, "4", "5")
    assert (await house.acts()).count("stopped") == 0
    assert found(await house.call("audit")) == []
    # The recorder was killed, and had not written what it knew of "4".
    await edit.delete("4")
    ((begin,),) = await edit.select(
        f"SELECT last_updated_ts FROM states WHERE state = '5' AND {_THEIRS}"
    )
    assert len(found(await house.call("audit"))) == 1
    await edit(f"DELETE FROM states WHERE last_updated_ts < {begin} AND NOT {_THEIRS}")
    for start, end, lost in ((0, begin, 1), (begin - 0.001, begin + 9, 0)):
        await edit(
            "INSERT INTO recorder_runs (start, 'end', closed_incorrect, created)"
            " VALUES (?, ?, ?, ?)",
            *(str(datetime.fromtimestamp(time, UTC))[:26] for time in (start, end)),
            lost,
            "2020-01-01 00:00:00.000000",
        )
    answer = await house.call("audit")
    assert found(answer) == []
    assert len(answer["recorder_away"]) == 1


async def day_unseen(hass: HomeAssistant, *states: str) -> None:
    """Let the fridge have these states while nobody records them."""
    for state in states:
        hass.states.async_set(FRIDGE, state)
        await asyncio.sleep(0.005)


async def test_pause_is_no_finding_and_what_was_done_to_it_later_is(
    hass: HomeAssistant, set_up: SetUp, edit: Editor
) -> None:
    house = await set_up(source(FRIDGE))
    await day(hass, house, "1", "2")
    await house.coordinator.recording.async_pause()
    await day_unseen(hass, "3", "4")
    await house.coordinator.recording.async_resume()
    await day(hass, house, "5", "6")
    assert found(await house.call("audit")) == []
    await edit.insert("7", after="5")
    assert found(await house.call("audit")) == [("inserted", "5", "7")]


@pytest.mark.parametrize(
    "policy",
    [
        {"deadband": 2},
        {"interval": {"milliseconds": 20}},
        {"interval": {"milliseconds": 20}, "reports": True},
        {"reports": True},
        {"urgent": True},
        {"deadband": 2, "interval": {"milliseconds": 10}, "reports": True},
    ],
)
async def test_policy_that_leaves_out_or_repeats_is_no_finding(
    hass: HomeAssistant, set_up: SetUp, policy: dict[str, Any], edit: Editor
) -> None:
    house = await set_up(source(FRIDGE, policy=policy))
    for state in ("1", "2", "2", "8", "8", "unavailable", "8", "9", "9", "1"):
        hass.states.async_set(FRIDGE, state)
        await asyncio.sleep(0.004)
    await asyncio.sleep(0.05)
    await house.flush()
    answer = await house.call("audit")
    assert found(answer) == []
    assert answer["readings"] > 2
    await edit.alter("unavailable", "7")
    assert ("altered", "unavailable", "7") in found(await house.call("audit"))


async def test_anchor_action_records_a_state_without_a_change(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(source(FRIDGE))
    hass.states.async_set(DOOR, "off")
    await day(hass, house, "1")
    for _ in range(2):
        await house.call("anchor", entity_id=[DOOR, FRIDGE], wait=False)
        hass.states.async_set(DOOR, "on")
    await house.call("anchor", entity_id=DOOR, wait=False)
    assert found(await house.call("audit")) == []


async def test_entity_that_was_renamed_is_the_same_one(
    hass: HomeAssistant, set_up: SetUp, edit: Editor
) -> None:
    registry = er.async_get(hass)
    registry.async_get_or_create(
        "sensor", "test", "1", suggested_object_id="fridge", original_name="Fridge"
    )
    house = await set_up(source(registry.entities[FRIDGE].id))
    await day(hass, house, "1", "2")
    await async_wait_recording_done(hass)
    registry.async_update_entity(FRIDGE, new_entity_id="sensor.kitchen")
    hass.states.async_remove(FRIDGE)
    for state in ("3", "4"):
        hass.states.async_set("sensor.kitchen", state)
        await asyncio.sleep(0.005)
    await house.flush()
    answer = await house.call("audit")
    assert found(answer) == []
    assert (answer["entities"], answer["readings"]) == (1, 4)
    await edit.alter("2", "2.5")
    await edit.insert("3.5", after="3")
    assert found(await house.call("audit")) == [
        ("altered", "2", "2.5"),
        ("inserted", "3", "3.5"),
    ]


async def test_what_an_area_selects_is_compared_for_as_long_as_it_is_in_it(
    hass: HomeAssistant, set_up: SetUp, edit: Editor
) -> None:
    registry, areas = er.async_get(hass), ar.async_get(hass)
    kitchen = areas.async_create("Kitchen").id
    registry.async_get_or_create("sensor", "test", "1", suggested_object_id="fridge")
    registry.async_update_entity(FRIDGE, area_id=kitchen)
    house = await set_up(source(area_id=[kitchen]))
    await day(hass, house, "1", "2")
    registry.async_update_entity(FRIDGE, area_id=None)
    await hass.async_block_till_done()
    await day(hass, house, "unseen", "unseen too")
    registry.async_update_entity(FRIDGE, area_id=kitchen)
    await house.flush()
    await day(hass, house, "3", "4")
    await house.reload()
    await day(hass, house, "5", "6")
    answer = await house.call("audit")
    assert found(answer) == []
    # The state that it had when it came back is one of them.
    assert answer["readings"] == 7
    await edit.insert("1.5", after="1")
    await edit.insert("unseen false", after="unseen")
    await edit.insert("5.5", after="5")
    assert found(await house.call("audit")) == [
        ("inserted", "1", "1.5"),
        ("inserted", "5", "5.5"),
    ]
    told = [
        member["targets"]
        for member in await house.members()
        if member.get("act") == "selected"
    ]
    assert [list(each.values()) for each in told] == [
        [{"added": FRIDGE}],
        [{"removed": FRIDGE}],
        [{"added": FRIDGE}],
    ]


async def test_past_that_the_recorder_could_not_rename_is_no_finding(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    registry = er.async_get(hass)
    registry.async_get_or_create("sensor", "test", "1", suggested_object_id="fridge")
    house = await set_up(source(registry.entities[FRIDGE].id))
    # The recorder has states of that name, from an entity that is gone.
    hass.states.async_set("sensor.kitchen", "100")
    await day(hass, house, "1", "2")
    await async_wait_recording_done(hass)
    hass.states.async_remove("sensor.kitchen")
    registry.async_update_entity(FRIDGE, new_entity_id="sensor.kitchen")
    hass.states.async_remove(FRIDGE)
    hass.states.async_set("sensor.kitchen", "3")
    await house.flush()
    answer = await house.call("audit")
    assert found(answer) == []
    assert answer["readings"] == 3


async def test_what_was_purged_is_no_finding(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(source(FRIDGE))
    long_ago = dt_util.utcnow() - timedelta(days=11)
    for seconds, state in enumerate(("1", "2", "1")):
        time = (long_ago + timedelta(seconds=seconds)).timestamp()
        hass.states.async_set(FRIDGE, state, timestamp=time)
    await day(hass, house, "3", "4")
    await async_wait_recording_done(hass)
    await hass.services.async_call("recorder", "purge", {}, blocking=True)
    await async_wait_recording_done(hass)
    await async_wait_recording_done(hass)
    answer = await house.call("audit")
    assert found(answer) == []
    assert answer["readings"] == 2


async def test_entity_without_history_is_named(
    hass: HomeAssistant,
    set_up: SetUp,
    recorder_mock: Recorder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    house = await set_up(source(FRIDGE, DOOR))
    await async_wait_recording_done(hass)
    monkeypatch.setattr(
        recorder_mock, "entity_filter", lambda entity: entity != DOOR, raising=True
    )
    hass.states.async_set(DOOR, "off")
    await day(hass, house, "1")
    answer = await house.call("audit")
    assert answer["not_compared"] == [DOOR]
    assert found(answer) == []


async def test_busy_day_gives_no_finding(
    hass: HomeAssistant, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "_PAGE", 50)
    chance = random.Random(20261121)
    entities = [f"sensor.room_{number}" for number in range(12)]
    registry = er.async_get(hass)
    registry.async_get_or_create("sensor", "test", "1", suggested_object_id="room_10")
    kitchen = ar.async_get(hass).async_create("Kitchen").id
    house = await set_up(
        source(title="Area", area_id=[kitchen]),
        source(*entities[:4], title="Plain"),
        source(*entities[3:6], title="Reports", reports=True),
        source(*entities[5:8], title="Deadband", policy={"deadband": 3}),
        source(
            *entities[7:10],
            title="Interval",
            reports=True,
            policy={"interval": {"milliseconds": 15}, "attributes": ["since"]},
        ),
        source(
            *entities[2:9],
            title="Attributes",
            reports=True,
            policy={"attributes": ["battery", "colors", "since"]},
        ),
    )
    hass.states.async_set("sensor.room_11", "1")
    states = ["unavailable", "unknown", "", *(str(number) for number in range(12))]
    for number in range(4000):
        entity = chance.choice(entities)
        if hass.states.get("sensor.room_11") is None:
            hass.states.async_set("sensor.room_11", "1")
        elif number % 997 == 500:
            await house.reload()
        elif number % 997 == 700:
            await house.coordinator.recording.async_pause()
        elif number % 997 == 800:
            await house.coordinator.recording.async_resume()
        elif chance.random() < 0.01:
            hass.states.async_remove(entity)
        elif chance.random() < 0.02:
            area = chance.choice([kitchen, None])
            registry.async_update_entity("sensor.room_10", area_id=area)
        elif chance.random() < 0.01 and not house.coordinator.recording.paused:
            await house.call("anchor", entity_id="sensor.room_11", wait=False)
        else:
            hass.states.async_set(
                entity,
                chance.choice(states),
                {
                    "battery": chance.randrange(2),
                    "colors": {chance.choice("abc"), "d"},
                    "since": chance.choice([dt_util.utcnow(), 0.1, None, 2**60]),
                    "unit_of_measurement": chance.choice(["°C", "°F"]),
                },
                force_update=chance.random() < 0.1,
            )
        if chance.random() < 0.2:
            await asyncio.sleep(0.002)
    await house.flush()
    answer = await house.call("audit")
    assert found(answer) == []
    assert answer["readings"] > 1500


async def test_every_night_if_that_is_wanted(
    hass: HomeAssistant,
    set_up: SetUp,
    edit: Editor,
) -> None:
    house = await set_up(source(FRIDGE), options={"daily_audit": True})
    await day(hass, house, "4.0", "9.5", "4.1")
    await edit.alter("9.5", "4.2")
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(days=1))
    registry = ir.async_get(hass)
    await until(lambda: len(registry.issues) == 1, what="the issue")


@pytest.mark.parametrize(
    ("options", "nights"),
    [({}, 0), ({"daily_audit": False}, 0), ({"daily_audit": True}, 1)],
)
async def test_no_night_without_being_asked(
    hass: HomeAssistant,
    set_up: SetUp,
    monkeypatch: pytest.MonkeyPatch,
    options: dict[str, bool],
    nights: int,
) -> None:
    begun = []

    async def begin(*_log: object, **_period: object) -> None:
        begun.append(True)
        raise HistoryError("audit_recorder_busy")

    monkeypatch.setattr(auditing, "async_audit", begin)
    await set_up(source(FRIDGE), options=options)
    # A task that is due begins at once, so that nothing has to be waited for.
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(days=1))
    assert len(begun) == nights


async def test_recorder_that_is_busy_is_not_waited_for_forever(
    hass: HomeAssistant,
    set_up: SetUp,
    recorder_mock: Recorder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    house = await set_up(source(FRIDGE))
    await day(hass, house, "1")
    monkeypatch.setattr(recorder_history, "_WAIT", 1.5)
    waits = asyncio.Event()

    async def never() -> None:
        waits.set()
        await asyncio.sleep(3600)

    monkeypatch.setattr(recorder_mock, "async_block_till_done", never)
    first = hass.async_create_task(house.call("audit"))
    await waits.wait()
    with pytest.raises(HomeAssistantError, match="being compared"):
        await house.call("audit")
    with pytest.raises(HomeAssistantError, match="recorder"):
        await first


async def test_log_that_is_damaged_is_not_compared(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(source(FRIDGE))
    await day(hass, house, "1", "2")

    def damage() -> None:
        with closing(sqlite3.connect(house.coordinator.parts.store.path)) as file:
            file.execute(
                "UPDATE entry SET entry ="
                " CAST(replace(entry, '\"2\"', '\"3\"') AS BLOB)"
            )
            file.commit()

    await hass.async_add_executor_job(damage)
    with pytest.raises(HomeAssistantError, match=r"the entry \d is damaged"):
        await house.call("audit")


async def test_without_a_recorder_there_is_nothing_to_compare(
    hass: HomeAssistant,
    set_up: SetUp,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    house = await set_up(source(FRIDGE), options={"daily_audit": True})
    with monkeypatch.context() as without:
        without.delitem(hass.data, DATA_INSTANCE)
        with pytest.raises(HomeAssistantError, match="recorder"):
            await house.call("audit")
        async_fire_time_changed(hass, dt_util.utcnow() + timedelta(days=1))
        await until(lambda: "was not compared today" in caplog.text, what="a word")
    assert found(await house.call("audit")) == []


async def test_database_that_cannot_be_read_is_said_to_be_so(
    hass: HomeAssistant, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = await set_up(source(FRIDGE))
    await day(hass, house, "1")

    def fail(**_details: object) -> None:
        raise SQLAlchemyError

    monkeypatch.setattr(recorder_history, "session_scope", fail)
    with pytest.raises(HomeAssistantError, match="cannot be read"):
        await house.call("audit")


async def test_many_rows_of_one_moment_are_all_named(
    hass: HomeAssistant,
    set_up: SetUp,
    edit: Editor,
    recorder_mock: Recorder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever makes them cannot keep the audit from going on."""
    monkeypatch.setattr(audit, "_PAGE", 2)
    monkeypatch.setattr(recorder_mock, "auto_purge", False)
    house = await set_up(source(FRIDGE))
    await day(hass, house, "1", "2", "3")
    for number in range(9):
        await edit.insert(f"false {number}", after="1")
    await edit.alter("2", "two")
    answer = await house.call("audit")
    assert (answer["inserted"], answer["altered"]) == (9, 1)
    assert answer["readings"] == 3
