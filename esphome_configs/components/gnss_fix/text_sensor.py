"""Code generation for `text_sensor: - platform: gnss_fix`."""

import esphome.codegen as cg
from esphome.components import text_sensor, uart
import esphome.config_validation as cv
from esphome.const import CONF_DISTANCE, CONF_INTERVAL, CONF_TIMEOUT
from esphome.types import ConfigType

DEPENDENCIES = ["uart"]

CONF_MAX_HDOP = "max_hdop"
CONF_MIN_SATELLITES = "min_satellites"

gnss_fix_ns = cg.esphome_ns.namespace("gnss_fix")
GnssFix = gnss_fix_ns.class_(
    "GnssFix", text_sensor.TextSensor, cg.Component, uart.UARTDevice
)

# A receiver sends one fix in each second.
AT_LEAST_A_SECOND = cv.All(
    cv.positive_time_period_milliseconds,
    cv.Range(min=cv.TimePeriod(milliseconds=1000)),
)

CONFIG_SCHEMA = (
    text_sensor.text_sensor_schema(GnssFix, icon="mdi:map-marker")
    .extend(
        {
            cv.Optional(CONF_INTERVAL, default="5min"): AT_LEAST_A_SECOND,
            cv.Optional(CONF_DISTANCE, default="50m"): cv.All(
                cv.distance, cv.Range(min=1)
            ),
            cv.Optional(CONF_TIMEOUT, default="1min"): AT_LEAST_A_SECOND,
            # Four satellites are what a position in space and time needs.
            cv.Optional(CONF_MIN_SATELLITES, default=4): cv.int_range(min=4, max=99),
            cv.Optional(CONF_MAX_HDOP, default=5.0): cv.float_range(min=1.0, max=99.0),
        }
    )
    .extend(cv.COMPONENT_SCHEMA)
    .extend(uart.UART_DEVICE_SCHEMA)
)

FINAL_VALIDATE_SCHEMA = uart.final_validate_device_schema("gnss_fix", require_rx=True)


async def to_code(config: ConfigType) -> None:
    """Generate the component and its settings."""
    var = await text_sensor.new_text_sensor(config)
    await cg.register_component(var, config)
    await uart.register_uart_device(var, config)

    cg.add(var.set_publish_interval(config[CONF_INTERVAL]))
    cg.add(var.set_distance(config[CONF_DISTANCE]))
    cg.add(var.set_loss_timeout(config[CONF_TIMEOUT]))
    cg.add(var.set_min_satellites(config[CONF_MIN_SATELLITES]))
    cg.add(var.set_max_hdop(config[CONF_MAX_HDOP]))
