"""Names shared across the integration."""

import logging

DOMAIN = "panelsync"
LOGGER = logging.getLogger(__package__)

CONF_WEB_URL = "web_url"
CONF_SERVICE_URL = "service_url"
CONF_ADVANCED = "advanced"
CONF_CODES = "codes"
CONF_USER_CODE = "user_code"
CONF_INSTALLER_CODE = "installer_code"
CONF_CHANGED = "changed"
CONF_USER_SYNC_WAY = "user_sync_way"
CONF_LEARNED = "learned"
CONF_TEACH = "teach"
CONF_VOICE_USER_SYNC = "voice_user_sync"

CONF_FAMILY = "family"
CONF_BAUDRATE = "baudrate"
CONF_PARTITIONS = "partitions"
CONF_LOCATION = "location"
CONF_PARTITION = "partition"
CONF_REFRESH_ON_MISMATCH = "refresh_on_mismatch"

EVENT_PANELSYNC = "panelsync_event"
