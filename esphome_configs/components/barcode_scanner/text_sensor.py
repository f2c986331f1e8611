"""Code generation for `text_sensor: - platform: barcode_scanner`."""

import esphome.codegen as cg
from esphome.components import text_sensor, uart
from esphome.components.api import CONF_BATCH_DELAY
import esphome.config_validation as cv
from esphome.const import (
    CONF_API,
    CONF_BAUD_RATE,
    CONF_HARDWARE_UART,
    CONF_LOGGER,
    CONF_MAX_LENGTH,
    CONF_NUMBER,
    CONF_RX_PIN,
    CONF_UART_ID,
)
from esphome.core import CORE
import esphome.final_validate as fv
from esphome.types import ConfigType

DEPENDENCIES = ["uart"]

CONF_IDLE_TIMEOUT = "idle_timeout"

# Home Assistant makes a longer state "unknown".
LONGEST_STATE = 255

barcode_scanner_ns = cg.esphome_ns.namespace("barcode_scanner")
BarcodeScanner = barcode_scanner_ns.class_(
    "BarcodeScanner", text_sensor.TextSensor, cg.Component, uart.UARTDevice
)

CONFIG_SCHEMA = (
    text_sensor.text_sensor_schema(BarcodeScanner)
    .extend(
        {
            cv.Optional(CONF_IDLE_TIMEOUT, default="250ms"): cv.All(
                cv.positive_time_period_milliseconds,
                cv.Range(min=cv.TimePeriod(milliseconds=1)),
            ),
            cv.Optional(CONF_MAX_LENGTH, default=LONGEST_STATE): cv.int_range(
                min=1, max=LONGEST_STATE
            ),
        }
    )
    .extend(cv.COMPONENT_SCHEMA)
    .extend(uart.UART_DEVICE_SCHEMA)
)


def _check_logger(config: ConfigType) -> None:
    """Refuse to share the ESP8266's UART0 with the logger.

    ESPHome lets both use it without a word: the scanner would then hear its
    codes at the logger's speed, which is to say never.
    """
    if not CORE.is_esp8266:
        return
    full_config = fv.full_config.get()
    logger = full_config.get(CONF_LOGGER)
    if logger is None or logger[CONF_BAUD_RATE] == 0:
        return
    path = full_config.get_path_for_id(config[CONF_UART_ID])[:-1]
    rx_pin = full_config.get_config_for_path(path)[CONF_RX_PIN][CONF_NUMBER]
    pins = {"UART0": 3, "UART0_SWAP": 13}
    if rx_pin == pins.get(logger[CONF_HARDWARE_UART]):
        raise cv.Invalid(
            f"GPIO{rx_pin} belongs to the logger's UART. Write 'baud_rate: 0' under "
            "'logger:', so that it logs over Wi-Fi only, or use another rx_pin"
        )


def _check_api(config: ConfigType) -> None:
    """Refuse an API that drops codes.

    It collects the states of `batch_delay` and sends only the last one of each
    entity: of two codes in a row one would be lost, and so would a code that is
    scanned again.
    """
    api = fv.full_config.get().get(CONF_API)
    if api is not None and api[CONF_BATCH_DELAY].total_milliseconds > 0:
        raise cv.Invalid(
            "Codes that come close together would be lost. Write 'batch_delay: 0ms' "
            "under 'api:'"
        )


def FINAL_VALIDATE_SCHEMA(config: ConfigType) -> ConfigType:
    """Check the UART that the scanner is connected to."""
    uart.final_validate_device_schema("barcode_scanner", require_rx=True)(config)
    _check_logger(config)
    _check_api(config)
    return config


async def to_code(config: ConfigType) -> None:
    """Generate the component and its settings."""
    var = await text_sensor.new_text_sensor(config)
    await cg.register_component(var, config)
    await uart.register_uart_device(var, config)

    cg.add(var.set_idle_timeout(config[CONF_IDLE_TIMEOUT]))
    cg.add(var.set_max_length(config[CONF_MAX_LENGTH]))
