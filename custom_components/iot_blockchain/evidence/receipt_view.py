"""Links to receipts, so that a notification can hold one."""

from datetime import timedelta
from http import HTTPStatus
from typing import Final

from aiohttp import hdrs, web
from homeassistant.components.http.auth import async_sign_path
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import Unauthorized
from homeassistant.helpers.http import KEY_HASS, HomeAssistantView
from homeassistant.helpers.json import json_bytes

from ..const import CONF_LOG_ID, DOMAIN
from ..coordinator import LogCoordinator, loaded_logs
from ..log.database import StoreError
from ..log.entry import decode
from ..log.receipt import MEDIA_TYPE
from ..permission import request_may_see

_LINK_TIME: Final = timedelta(days=7)


class ReceiptView(HomeAssistantView):
    """Makes the receipt of one reading, for whoever may see it or has a link to it.

    It is made when it is asked for: of an anchor that became final meanwhile, it says
    so.
    """

    url = f"/api/{DOMAIN}/receipts/{{log_id}}/{{index:[0-9]{{1,15}}}}"
    name = f"api:{DOMAIN}:receipts"

    async def get(
        self, request: web.Request, log_id: str, index: str
    ) -> web.StreamResponse:
        """Send a receipt."""
        log = _log(request.app[KEY_HASS], log_id)
        number = int(index)
        if log is None or number >= log.parts.store.size:
            return self.json_message("There is no such reading.", HTTPStatus.NOT_FOUND)
        try:
            receipt = await log.async_receipt(number, number + 1)
        except StoreError:
            return self.json_message(
                "The log cannot be read.", HTTPStatus.INTERNAL_SERVER_ERROR
            )
        if not request_may_see(request, decode(receipt.entries[0]).entity):
            raise Unauthorized
        return web.Response(
            body=json_bytes(receipt.to_json()),
            content_type=MEDIA_TYPE,
            headers={
                hdrs.CONTENT_DISPOSITION: f"attachment; filename=receipt-{index}.json",
                hdrs.CACHE_CONTROL: "no-store",
            },
        )


@callback
def receipt_link(hass: HomeAssistant, log: LogCoordinator, index: int) -> str:
    """Return a link to the receipt of an entry; it works for a week, or a restart."""
    path = ReceiptView.url.partition("{")[0]
    log_id = log.config_entry.data[CONF_LOG_ID]
    return async_sign_path(hass, f"{path}{log_id}/{index}", _LINK_TIME)


@callback
def _log(hass: HomeAssistant, log_id: str) -> LogCoordinator | None:
    return next(
        (
            log
            for log in loaded_logs(hass)
            if log.config_entry.data[CONF_LOG_ID] == log_id
        ),
        None,
    )
