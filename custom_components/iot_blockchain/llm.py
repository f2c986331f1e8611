"""Tools for conversation agents: they can ask how far readings are anchored."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, cast, override

import probatio as vol
from homeassistant.components.homeassistant.exposed_entities import async_should_expose
from homeassistant.components.llm import LLMTools
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.helpers import config_validation as cv, intent
from homeassistant.helpers.llm import (
    LLM_API_ASSIST,
    LLMContext,
    Tool,
    ToolAnnotations,
    ToolInput,
    ToolResult,
)
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType

from .const import DOMAIN
from .coordinator import LogCoordinator, loaded_logs
from .evidence.anchored_period import AnchoredPeriod, async_anchored_period
from .evidence.range_receipt import in_a_zone
from .log.database import StoreError

_MOST_ENTITIES: Final = 20
_LONGEST: Final = timedelta(days=366)

_PROMPT: Final = (
    "Some entities are recorded in a log that is anchored in a blockchain. Use"
    f" {DOMAIN}__get_anchored to answer whether their readings of a time are anchored."
    " Never call readings anchored that it counts as waiting."
)


class GetAnchoredTool(Tool):
    """Says how many readings of entities in a period are anchored, and how many not."""

    name = f"{DOMAIN}__get_anchored"
    title = "Get anchored readings"
    description = (
        "Counts the readings that sensors and other entities made in a period, and says"
        " how many of them are anchored: held by a block of the blockchain, so that"
        " nobody can change them unnoticed. Waiting readings are recorded, but not"
        " anchored yet. Call it for questions such as 'Are yesterday's fridge"
        " temperatures anchored?'."
    )
    annotations = ToolAnnotations(
        read_only=True, destructive=False, idempotent=True, open_world=False
    )
    integration = DOMAIN
    parameters = vol.Schema(
        {
            vol.Optional("name", description="Name or alias of an entity."): cv.string,
            vol.Optional("area", description="Name or alias of an area."): cv.string,
            vol.Optional(
                "device_class",
                description="Only entities that measure this, such as temperature.",
            ): cv.string,
            vol.Required(
                "start",
                description="First day (YYYY-MM-DD), or first moment (ISO 8601).",
            ): cv.string,
            vol.Optional(
                "end",
                description=(
                    "Last day, which counts as a whole, or last moment. Without it: the"
                    " end of the first day, or now."
                ),
            ): cv.string,
        }
    )

    @override
    async def async_call(
        self, hass: HomeAssistant, tool_input: ToolInput, llm_context: LLMContext
    ) -> ToolResult:
        """Count."""
        try:
            data = self.parameters(tool_input.tool_args)
            since, until = _period(data["start"], data.get("end"))
            answer: JsonObjectType = {"from": _local(since), "to": _local(until)}
        except (vol.Invalid, ValueError, OverflowError) as err:
            return _failed(f"Ask otherwise: {err}")
        states = _matching(hass, data, llm_context)
        if not states:
            return _failed("No exposed entity matches. Ask with another name or area.")
        if len(states) > _MOST_ENTITIES:
            return _failed(
                f"{len(states)} entities match. Name one, or an area and a device"
                " class."
            )
        try:
            entities = [
                found
                for state in states
                for found in await _answers(hass, state, since, until)
            ]
        except StoreError as err:
            return _failed(f"A log cannot be read: {err}")
        answer["entities"] = cast("list[Any]", entities)
        return ToolResult(data=answer)


@callback
def _exposed(hass: HomeAssistant, llm_context: LLMContext) -> Iterator[State]:
    for state in hass.states.async_all():
        if async_should_expose(hass, llm_context.assistant, state.entity_id):
            yield state


@callback
def _matching(
    hass: HomeAssistant, data: Mapping[str, str], llm_context: LLMContext
) -> Sequence[State]:
    """Return the exposed entities that are meant, by their ids."""
    states = list(_exposed(hass, llm_context))
    if not states:  # which would be taken for all
        return ()
    device_class = data.get("device_class")
    found = intent.async_match_targets(
        hass,
        intent.MatchTargetsConstraints(
            name=data.get("name"),
            area_name=data.get("area"),
            device_classes=[device_class] if device_class else None,
            allow_duplicate_names=True,
        ),
        states=states,
    )
    return sorted(found.states, key=lambda state: state.entity_id)


async def _answers(
    hass: HomeAssistant, state: State, since: datetime, until: datetime
) -> list[JsonObjectType]:
    """Say of each log that has readings of the entity how far they are anchored.

    What is in a log that is not loaded, nobody knows.
    """
    answers: list[JsonObjectType] = []
    for log in loaded_logs(hass):
        found = await async_anchored_period(log, state.entity_id, since, until)
        if found.all.readings:
            answers.append({"name": state.name, **_answer(log, found)})
    answers += [
        {
            "name": state.name,
            "log": entry.title,
            "answer": "This log is not loaded and cannot be asked now.",
        }
        for entry in hass.config_entries.async_entries(DOMAIN, include_disabled=False)
        if entry.state is not ConfigEntryState.LOADED
    ]
    none: JsonObjectType = {
        "name": state.name,
        "readings": 0,
        "answer": "No log holds a reading of this period.",
    }
    return answers or [none]


def _answer(log: LogCoordinator, found: AnchoredPeriod) -> JsonObjectType:
    readings, anchored = found.all.readings, found.anchored.readings
    if anchored == readings:
        answer = f"All {readings} readings are anchored."
    elif anchored:
        answer = f"Only {anchored} of {readings} readings are anchored so far."
    else:
        answer = f"None of the {readings} readings is anchored yet."
    return {
        "log": log.config_entry.title,
        "answer": answer,
        "readings": readings,
        "anchored": anchored,
        "waiting": found.waiting.readings,
        "first_reading": _local(found.all.first),
        "last_reading": _local(found.all.last),
        "last_anchor_of_the_log": _local(log.data.last_anchored),
    }


def _period(start: str, end: str | None) -> tuple[datetime, datetime]:
    """Return the beginning of a period, and its end, which is not part of it.

    Raises:
        ValueError: this is no period, or it is too long.
        OverflowError: it is at an end of what can be written as a date.
    """
    since, day_after = _moment(start)
    if end is not None:
        until = _moment(end)[1]
    else:
        until = day_after if _is_day(start) else dt_util.now()
    if since >= until:
        raise ValueError("the end is before the start")
    if until - since > _LONGEST:
        raise ValueError(f"at most {_LONGEST.days} days at a time")
    return dt_util.as_utc(since), dt_util.as_utc(until)


def _moment(text: str) -> tuple[datetime, datetime]:
    """Return when a day, or a moment, begins, and when it is over."""
    if _is_day(text):
        day = date.fromisoformat(text)
        return (
            dt_util.start_of_local_day(day),
            dt_util.start_of_local_day(day + timedelta(days=1)),
        )
    moment = in_a_zone(datetime.fromisoformat(text))
    return moment, moment + timedelta.resolution


def _is_day(text: str) -> bool:
    return "T" not in text and ":" not in text


def _local(moment: datetime | None) -> str | None:
    return None if moment is None else dt_util.as_local(moment).isoformat()


def _failed(why: str) -> ToolResult:
    return ToolResult(data={"error": why}, error=True)


@callback
def async_get_tools(
    hass: HomeAssistant, llm_context: LLMContext, api_id: str
) -> LLMTools | None:
    """Return the tool where there is a log, and an entity that may be asked about."""
    if api_id != LLM_API_ASSIST or not llm_context.assistant:
        return None
    if not loaded_logs(hass) or next(_exposed(hass, llm_context), None) is None:
        return None
    return LLMTools(tools=[GetAnchoredTool()], prompt=_PROMPT)
