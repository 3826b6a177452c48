"""What can go wrong between the client and the outside world."""

from datetime import timedelta

from .outcomes import Reason


class ClientError(Exception):
    """Base of all client errors.

    `reason` is what a person is told; `code` and `text` are the service's own words,
    already free of secrets.
    """

    reason = Reason.SERVICE_UNREACHABLE

    def __init__(self, text: str = "", *, code: int | None = None) -> None:
        """Keep the service's code and text."""
        super().__init__(text)
        self.text = text
        self.code = code


class CredentialsRefused(ClientError):
    """The service refused user name or password. Never try again by itself."""

    reason = Reason.SIGN_IN_FAILED


class AccountLocked(ClientError):
    """The account is locked or its access was revoked; the password may be right."""

    reason = Reason.ACCOUNT_LOCKED


class SignInPostponed(ClientError):
    """A sign-in or a refresh is due but spaced; PanelSync itself sent nothing.

    See docs/architecture.md#sign-in-discipline.
    """

    reason = Reason.SIGN_IN_POSTPONED

    def __init__(self, wait: timedelta) -> None:
        """Keep how long to wait."""
        super().__init__()
        self.wait = wait


class ServiceUnreachable(ClientError):
    """No answer, or not one of the service's: refused, timed out, 5xx, HTML, 429.

    `sent` is False only where it is certain that the service did not act on the
    request (docs/architecture.md#a-start-is-sent-once).
    """

    def __init__(
        self,
        text: str = "",
        *,
        code: int | None = None,
        sent: bool = True,
        retry_after: timedelta | None = None,
    ) -> None:
        """Keep whether the request may have been acted on."""
        super().__init__(text, code=code)
        self.sent = sent
        self.retry_after = retry_after


class RateLimited(ServiceUnreachable):
    """The service asked for fewer requests, or PanelSync holds back because it did.

    `retry_after` is None where the service did not say how long to wait.
    """

    reason = Reason.RATE_LIMITED


class UnexpectedAnswer(ServiceUnreachable):
    """The service answered with something that cannot be understood."""


class SignInPage(UnexpectedAnswer):
    """A web page came in answer to a sign-in: perhaps it asks for a captcha."""


class UnclearAnswer(ServiceUnreachable):
    """A start was answered, and the answer leaves open whether it was accepted."""


class SessionEnded(ClientError):
    """The server-side session is dead and a fresh sign-in did not help."""

    reason = Reason.SIGN_IN_FAILED


class ServiceRefused(ClientError):
    """A complete answer with a failing result code."""

    reason = Reason.SERVICE_REFUSED


class PanelUnreachable(ServiceRefused):
    """The service cannot reach the panel: 4101, 4108, -4101, -4104, -4108."""

    reason = Reason.PANEL_UNREACHABLE


class CodeRefused(ServiceRefused):
    """The panel's user or installer code was refused: -4106, -4114."""

    reason = Reason.CODE_REFUSED


class FeatureMissing(ServiceRefused):
    """The account or panel cannot do this: -120."""

    reason = Reason.FEATURE_MISSING


class RouteUnavailable(ClientError):
    """No way to do this is available on this account."""

    reason = Reason.ROUTE_UNAVAILABLE
