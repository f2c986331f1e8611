"""Errors of actions, in the words of the translations."""

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from .const import DOMAIN


def failed(key: str, **placeholders: str) -> HomeAssistantError:
    """Make the error of an action that could not be done."""
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders=placeholders,
    )


def invalid(key: str, **placeholders: str) -> ServiceValidationError:
    """Make the error of an action that was asked for wrongly."""
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders=placeholders,
    )
