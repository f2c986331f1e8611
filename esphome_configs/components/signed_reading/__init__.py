"""Signs states on the device with a key of its own: `signed_reading:`."""

import logging

from esphome import automation
import esphome.codegen as cg
from esphome.components.api import CONF_CUSTOM_SERVICES
from esphome.components.esp32 import require_mbedtls_ecp, require_mbedtls_tls_extras
from esphome.components.esp8266.boards import BOARDS, FLASH_SIZE_4_MB
from esphome.components.esp8266.const import (
    CONF_RESTORE_FROM_FLASH,
    KEY_BOARD,
    KEY_ESP8266,
    KEY_FLASH_SIZE,
)
from esphome.components.time import RealTimeClock
from esphome.config_helpers import filter_source_files_from_platform
import esphome.config_validation as cv
from esphome.const import (
    CONF_API,
    CONF_BOARD,
    CONF_BUFFER_SIZE,
    CONF_ENCRYPTION,
    CONF_ID,
    CONF_NAME,
    CONF_PLATFORM,
    CONF_SENSORS,
    CONF_TIME_ID,
    PLATFORM_ESP32,
    PLATFORM_ESP8266,
    PLATFORM_HOST,
    PlatformFramework,
)
from esphome.core import CORE, ID
from esphome.core.entity_helpers import get_base_entity_object_id
from esphome.cpp_types import EntityBase
import esphome.final_validate as fv
from esphome.types import ConfigType

_LOGGER = logging.getLogger(__name__)

DOMAIN = "signed_reading"
DEPENDENCIES = ["api"]
MULTI_CONF = False

CONF_MIN_INTERVAL = "min_interval"
CONF_SIGNED_READING_ID = "signed_reading_id"

# What can be signed, and the only entities that have one text for a state.
SIGNABLE = ("sensor", "text_sensor", "binary_sensor")

signed_reading_ns = cg.esphome_ns.namespace("signed_reading")
SignedReading = signed_reading_ns.class_("SignedReading", cg.PollingComponent)
ResendAction = signed_reading_ns.class_("ResendAction", automation.Action)
AnnounceAction = signed_reading_ns.class_("AnnounceAction", automation.Action)
RotateAction = signed_reading_ns.class_("RotateAction", automation.Action)

SENSOR_SCHEMA = cv.Schema(
    {
        cv.Required(CONF_ID): cv.use_id(EntityBase),
        cv.Optional(
            CONF_MIN_INTERVAL, default="0s"
        ): cv.positive_time_period_milliseconds,
    }
)

CONFIG_SCHEMA = cv.All(
    cv.Schema(
        {
            cv.GenerateID(): cv.declare_id(SignedReading),
            cv.OnlyWith(CONF_TIME_ID, "time"): cv.use_id(RealTimeClock),
            cv.Required(CONF_SENSORS): cv.All(
                cv.ensure_list(SENSOR_SCHEMA), cv.Length(min=1, max=64)
            ),
            # What is not yet acknowledged, signed or not. The largest one must fit.
            cv.SplitDefault(
                CONF_BUFFER_SIZE, esp8266="4kB", esp32="16kB", host="16kB"
            ): cv.All(cv.validate_bytes, cv.int_range(min=2000, max=65000)),
        }
    ).extend(cv.polling_component_schema("10s")),
    cv.only_on([PLATFORM_ESP8266, PLATFORM_ESP32, PLATFORM_HOST]),
)


def _check_sensors(config: ConfigType) -> None:
    """Refuse what has no state to sign, and two that a reader could not tell apart."""
    full_config = fv.full_config.get()
    used: dict[str, ID] = {}
    for index, sensor in enumerate(config[CONF_SENSORS]):
        entity_id = sensor[CONF_ID]
        path = full_config.get_path_for_id(entity_id)
        with cv.prepend_path([CONF_SENSORS, index, CONF_ID]):
            if path[0] not in SIGNABLE:
                raise cv.Invalid(
                    f"'{entity_id}' is a {path[0]}. Only the states of a sensor, a "
                    "text_sensor or a binary_sensor can be signed. A template sensor "
                    "can repeat another state"
                )
            platform = full_config.get_config_for_path(path[:2])
            if platform.get(CONF_PLATFORM) == DOMAIN:
                raise cv.Invalid(
                    f"'{entity_id}' tells about the signing itself: each signature "
                    "would ask for the next one"
                )
            entity = full_config.get_config_for_path(path[:-1])
            object_id = get_base_entity_object_id(
                entity[CONF_NAME] or "", CORE.friendly_name
            )
            if object_id in used:
                raise cv.Invalid(
                    f"'{entity_id}' and '{used[object_id]}' are both called "
                    f"'{object_id}' in a signed reading. Give one of them another name, "
                    "or take one from this list"
                )
            used[object_id] = entity_id


def _check_api(config: ConfigType) -> None:
    """Refuse an API without the component's actions; warn of one open to everybody."""
    api = fv.full_config.get()[CONF_API]
    if not api[CONF_CUSTOM_SERVICES]:
        raise cv.Invalid(
            "Home Assistant could not acknowledge what it has received. Write "
            "'custom_services: true' under 'api:'"
        )
    if CONF_ENCRYPTION not in api and not CORE.is_host:
        _LOGGER.warning(
            "signed_reading: without 'encryption:' under 'api:', everybody in the "
            "network can make this device change its key"
        )


def _check_time(config: ConfigType) -> None:
    """Warn when no reading can say when it was measured."""
    if CONF_TIME_ID not in config:
        _LOGGER.warning(
            "signed_reading: without a 'time:' component, the device signs no time "
            "(iat is 0). Add 'time:' with the platform sntp or homeassistant"
        )


def _has_sectors_for_key() -> bool:
    """Say whether this ESP8266 has flash that neither a program nor an update uses."""
    board = CORE.data[KEY_ESP8266][KEY_BOARD]
    return BOARDS.get(board, {}).get(KEY_FLASH_SIZE, 0) >= FLASH_SIZE_4_MB


def _check_flash(config: ConfigType) -> None:
    """Refuse a small ESP8266 whose preferences have no room for the key."""
    if not CORE.is_esp8266 or _has_sectors_for_key():
        return
    esp8266 = fv.full_config.get()[PLATFORM_ESP8266]
    if not esp8266[CONF_RESTORE_FROM_FLASH]:
        raise cv.Invalid(
            f"The board '{esp8266[CONF_BOARD]}' has less than 4 MB of flash, and its key "
            "has to share the preferences' place. Write 'restore_from_flash: true' under "
            "'esp8266:', which makes that place large enough"
        )


def FINAL_VALIDATE_SCHEMA(config: ConfigType) -> ConfigType:
    """Check what the component needs of the rest of the configuration."""
    _check_sensors(config)
    _check_api(config)
    _check_time(config)
    _check_flash(config)
    return config


async def to_code(config: ConfigType) -> None:
    """Generate the component, its sensors and what the platform's signer needs."""
    var = cg.new_Pvariable(config[CONF_ID])
    await cg.register_component(var, config)

    cg.add_define("USE_API_HOMEASSISTANT_SERVICES")
    cg.add(var.set_buffer_size(config[CONF_BUFFER_SIZE]))
    if time_id := config.get(CONF_TIME_ID):
        cg.add_define("USE_SIGNED_READING_TIME")
        cg.add(var.set_time(await cg.get_variable(time_id)))
    cg.add(var.set_source_count(len(config[CONF_SENSORS])))
    for sensor in config[CONF_SENSORS]:
        entity = await cg.get_variable(sensor[CONF_ID])
        cg.add(var.add_source(entity, sensor[CONF_MIN_INTERVAL]))

    if CORE.is_esp32:
        require_mbedtls_ecp()
        require_mbedtls_tls_extras(["CONFIG_MBEDTLS_ECDSA_DETERMINISTIC"])
    elif CORE.is_esp8266:
        if _has_sectors_for_key():
            cg.add_define("USE_SIGNED_READING_SECTORS")
    elif CORE.is_host:
        cg.add_build_flag("-lbearssl")


ACTION_SCHEMA = automation.maybe_simple_id({cv.GenerateID(): cv.use_id(SignedReading)})

for _name, _action in (
    ("resend", ResendAction),
    ("announce", AnnounceAction),
    ("rotate", RotateAction),
):
    automation.register_parented_action(
        f"signed_reading.{_name}", _action, ACTION_SCHEMA, synchronous=True
    )


_ESP32 = {PlatformFramework.ESP32_ARDUINO, PlatformFramework.ESP32_IDF}
_ESP8266 = {PlatformFramework.ESP8266_ARDUINO}
_HOST = {PlatformFramework.HOST_NATIVE}

FILTER_SOURCE_FILES = filter_source_files_from_platform(
    {
        "key_copies_files.cpp": _HOST,
        "key_copies_preferences.cpp": _ESP32 | _ESP8266,
        "key_copies_sectors.cpp": _ESP8266,
        "signer_bearssl.cpp": _ESP8266 | _HOST,
        "signer_mbedtls.cpp": _ESP32,
    }
)
