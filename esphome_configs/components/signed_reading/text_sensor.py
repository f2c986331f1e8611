"""What the device says of its signing: `text_sensor: - platform: signed_reading`."""

import esphome.codegen as cg
from esphome.components import text_sensor
import esphome.config_validation as cv
from esphome.const import ENTITY_CATEGORY_DIAGNOSTIC
from esphome.types import ConfigType

from . import (
    CONF_SIGNED_READING_ID,
    FILTER_SOURCE_FILES,  # noqa: F401  The platform is a module whose sources are filtered, too.
    SignedReading,
)

DEPENDENCIES = ["signed_reading"]

CONF_DID = "did"
CONF_QUEUE = "queue"

CONFIG_SCHEMA = cv.Schema(
    {
        cv.GenerateID(CONF_SIGNED_READING_ID): cv.use_id(SignedReading),
        cv.Optional(CONF_DID): text_sensor.text_sensor_schema(
            icon="mdi:key", entity_category=ENTITY_CATEGORY_DIAGNOSTIC
        ),
        cv.Optional(CONF_QUEUE): text_sensor.text_sensor_schema(
            icon="mdi:tray-full", entity_category=ENTITY_CATEGORY_DIAGNOSTIC
        ),
    }
)


async def to_code(config: ConfigType) -> None:
    """Generate the text sensors that were asked for."""
    hub = await cg.get_variable(config[CONF_SIGNED_READING_ID])

    text_sensors = text_sensor.sub_text_sensors(config)
    await text_sensors(CONF_DID, hub.set_did_text_sensor)
    await text_sensors(CONF_QUEUE, hub.set_queue_text_sensor)
