"""Who may see what a log holds: readings are private."""

from aiohttp import hdrs, web
from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.components.http.const import KEY_HASS_USER


def user_may_see(user: User, entity: str | None) -> bool:
    """Say whether a user may see an entity's readings; where it is None, all."""
    return user.is_admin or (
        entity is not None and user.permissions.check_entity(entity, POLICY_READ)
    )


def request_may_see(request: web.Request, entity: str | None) -> bool:
    """Say whether a request may see an entity's readings; where it is None, all.

    A signed link counts for its user: whoever has tokens can sign links of their own.
    """
    user: User = request[KEY_HASS_USER]
    # An automation has no user: its paths are signed in the name of a system user,
    # who cannot sign any, but could have tokens.
    signed_for_all = user.system_generated and hdrs.AUTHORIZATION not in request.headers
    return signed_for_all or user_may_see(user, entity)
