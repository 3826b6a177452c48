"""Result codes of the service and their texts (docs/protocol/total-connect.md#result-codes)."""

from dataclasses import dataclass

SUCCESS = 0
UNREACHABLE = 4101
FAILED_TO_CONNECT = -4104
NO_CONNECTION_NOW = -4108
INVALID_SESSION = -102
SESSION_NOT_VALID = -30002
NOT_SUPPORTED = -120
INVALID_PARAMETER = -501
UNKNOWN_ERROR = -999
LOCATION_NOT_VALID = -4002
DEVICE_NOT_VALID = -4004
WRONG_CODE = -4106
NO_STORED_CODE = -4114
COMMAND_FAILED = -4502
# Inventions: neither code is known (docs/protocol/total-connect.md#when-a-panel-sync-is-refused).
NOT_ALLOWED = -9010
ALREADY_RUNNING = -4503

# An unreachable panel answers these in turn (docs/architecture.md#simulator).
OFFLINE_ANSWERS = (UNREACHABLE, FAILED_TO_CONNECT, NO_CONNECTION_NOW)

TEXTS = {
    SUCCESS: "Success",
    UNREACHABLE: "We are unable to connect to the security panel. Please try again later or contact support",
    FAILED_TO_CONNECT: "Failed to Connect with Security System",
    NO_CONNECTION_NOW: "A connection cannot be established at this time",
    INVALID_SESSION: "Invalid session",
    SESSION_NOT_VALID: "Session ID is not valid.",
    NOT_SUPPORTED: "Feature Not Supported",
    INVALID_PARAMETER: "Input validation failed - Parameter",
    UNKNOWN_ERROR: "Unknown Error",
    LOCATION_NOT_VALID: "Location is not valid",
    DEVICE_NOT_VALID: "Device ID is not valid in this context",
    WRONG_CODE: "Invalid user code. Please try again.",
    NO_STORED_CODE: "System User Code not available/invalid in Database",
    COMMAND_FAILED: "Command failed. Please try again.",
    NOT_ALLOWED: "You are not allowed to do this",
    ALREADY_RUNNING: "Another operation is in progress",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A business answer that is not success: comes as HTTP 200 with this code."""

    code: int

    @property
    def text(self) -> str:
        """Return the text that goes with the code."""
        return TEXTS.get(self.code, "")
