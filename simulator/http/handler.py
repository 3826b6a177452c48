"""One request to the stand-in: recorded, delayed, spoilt and answered.

Answers of errors: docs/protocol/total-connect.md#general-rules and docs/protocol/total-connect.md#result-codes.
"""

from asyncio import Event, sleep
from dataclasses import replace

from aiohttp import BasicAuth, web

from simulator.faults import echo
from simulator.faults.rules import Rule
from simulator.faults.sending import break_off, drip, hang_up
from simulator.http.arrival import Arrival, understand
from simulator.received import keep
from simulator.service import answers, details
from simulator.service.accounts import Denied, Session
from simulator.service.calls import Call, Route, lowered
from simulator.service.reply import Reply, json_reply, message
from simulator.service.rest import Rest
from simulator.service.soap import Soap
from simulator.simulation import Simulation
from simulator.world.result_codes import INVALID_SESSION, SESSION_NOT_VALID, Refusal

# The name ASP.NET gives it; that the service sets one at all is an invention.
COOKIE = "ASP.NET_SessionId"
_LOOK = 0.01
_DENIED = "Authorization has been denied for this request."


class RequestHandler:
    """Answers every path of both hosts."""

    def __init__(self, simulation: Simulation) -> None:
        """Answer for this simulation."""
        self._simulation = simulation
        self._rest = Rest(simulation.world, simulation.accounts, simulation.ways)
        self._soap = Soap(simulation.world, simulation.accounts)
        self._stopping = Event()

    def stop(self) -> None:
        """Let go of requests that would never be answered."""
        self._stopping.set()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Record, delay, spoil and answer one request."""
        raw = await request.read()
        simulation = self._simulation
        simulation.world.advance()
        arrival = understand(self._rest, simulation.world.now, request, raw)
        record = arrival.record
        keep(simulation.received, record)
        rule = simulation.faults.take(arrival.target)
        record.fault = fault = rule.fault if rule else None
        if simulation.latency:
            await sleep(simulation.latency)
            simulation.world.advance()
        if fault == "refuse":
            return hang_up(request)
        reply = await self._reply(arrival, rule)
        if fault == "timeout":
            await self._stopping.wait()
            return hang_up(request)
        if rule is not None and fault == "held":
            await self._hold(rule)
        if fault == "reset":
            return await break_off(request, reply)
        record.status = reply.status
        if fault == "drip":
            return await drip(request, reply)
        return self._response(arrival, reply)

    async def _reply(self, arrival: Arrival, rule: Rule | None) -> Reply:
        """Return the service's answer as the fault and the overrides leave it."""
        instead = rule.answer() if rule else None
        if instead is None or (rule and rule.after):
            reply, seconds = self._answer(arrival)
            if seconds:
                await sleep(seconds / self._simulation.options.speed)
            reply = self._simulation.faults.overridden(arrival.target, reply)
            if rule is not None:
                reply = instead or rule.spoilt(reply)
        else:
            reply = instead
        if self._simulation.switches.refusals_repeat_secrets:
            reply = self._repeating(arrival, reply)
        return reply

    async def _hold(self, rule: Rule) -> None:
        """Keep an answer back until its time in the world has come, or somebody lets it go."""
        world, faults = self._simulation.world, self._simulation.faults
        released, begin = faults.releases, world.now
        while faults.releases == released and not self._stopping.is_set():
            world.advance()
            passed = (world.now - begin).total_seconds() * world.timeline.speed
            if rule.seconds is not None and passed >= rule.seconds:
                return
            await sleep(_LOOK)

    def _response(self, arrival: Arrival, reply: Reply) -> web.Response:
        response = web.Response(
            status=reply.status,
            body=reply.body,
            headers=reply.headers,
            content_type=reply.content_type,
            charset="utf-8",
        )
        if self._simulation.switches.session_cookie != "off":
            session_id = self._session_id(arrival, reply)
            if session_id is not None:
                response.set_cookie(COOKIE, session_id, httponly=True)
        return response

    def _session_id(self, arrival: Arrival, reply: Reply) -> str | None:
        """Return the session that an answer is about: of its own token, or of the request's."""
        token = arrival.request.headers.get("Authorization", "").partition(" ")[2]
        if isinstance(reply.payload, dict) and "access_token" in reply.payload:
            token = str(reply.payload["access_token"])
        return self._simulation.accounts.session_id(token)

    def _answer(self, arrival: Arrival) -> tuple[Reply, float]:
        """Let the service look at the request: what it answers, and how long the panel takes."""
        route = arrival.record.route
        if route == "config":
            return json_reply(
                details.application_config(self._simulation.accounts)
            ), 0.0
        if route == "token":
            return self._token(arrival), 0.0
        if arrival.soap is not None:
            return self._soap.answer(arrival.soap), 0.0
        if arrival.record.route == "forbidden":
            # Answered as if it worked, so that a test can see that it was ever sent.
            return json_reply(answers.ok()), 0.0
        if isinstance(arrival.found, int):
            return self._no_route(arrival), 0.0
        return self._rest_answer(arrival, *arrival.found)

    def _repeating(self, arrival: Arrival, reply: Reply) -> Reply:
        bearer = arrival.request.headers.get("Authorization", "").partition(" ")[2]
        session_id = self._simulation.accounts.session_id(bearer)
        return echo.repeating(
            reply, echo.sent_secrets(arrival.body, bearer, session_id)
        )

    def _token(self, arrival: Arrival) -> Reply:
        if arrival.request.method != "POST" or arrival.record.encoding != "form":
            return json_reply({"error": "unsupported_grant_type"}, 400)
        fields = lowered(arrival.body)
        client_id = _basic_user(arrival.request)
        granted = self._simulation.accounts.grant(
            fields, client_id, self._simulation.world.now
        )
        if isinstance(granted, Denied):
            payload = {"error": granted.error}
            if granted.description is not None:
                payload["error_description"] = granted.description
            # OWIN's default status, a guess (docs/protocol/total-connect.md#token-endpoint).
            return json_reply(payload, 400)
        session = self._simulation.accounts.bearer(
            granted["access_token"], self._simulation.world.now
        )
        if fields["grant_type"] == "password" and isinstance(session, Session):
            self._simulation.world.note_sign_in(session.login.full_name)
        return json_reply(granted)

    def _no_route(self, arrival: Arrival) -> Reply:
        uri = str(arrival.request.url)
        if arrival.found == 405:
            return message(
                405,
                f"The requested resource does not support http method '{arrival.request.method}'.",
            )
        status = self._simulation.switches.missing_route_status
        return message(
            status, f"No HTTP resource was found that matches the request URI '{uri}'."
        )

    def _rest_answer(
        self, arrival: Arrival, route: Route, path: dict[str, str]
    ) -> tuple[Reply, float]:
        session: Session | None = None
        if route.needs_session:
            session_or_reply = self._session(arrival.request)
            if isinstance(session_or_reply, Reply):
                return session_or_reply, 0.0
            session = session_or_reply
        if arrival.query and not arrival.body and arrival.request.method == "POST":
            # Misplaced parameters (docs/protocol/total-connect.md#general-rules).
            return json_reply(
                {"ResultCode": -999, "ResultData": "Unknown Error"}, 500
            ), 0.0
        answer = route.answer(
            Call(
                session,
                path,
                lowered(arrival.query),
                lowered(arrival.body),
                arrival.record.encoding,
            )
        )
        payload = answers.vary(answer.payload, self._simulation.switches)
        reply = json_reply(payload, answer.status)
        return replace(reply, content_type=answer.content_type), answer.seconds

    def _session(self, request: web.Request) -> Session | Reply:
        """Return the session of the bearer token, or the answer a dead one gets.

        See docs/protocol/total-connect.md#end-of-a-session.
        """
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        session: Session | str = "expired"
        if self._simulation.switches.session_cookie == "trusted":
            named = request.cookies.get(COOKIE, "")
            session = (
                self._simulation.accounts.soap_session(
                    named, self._simulation.world.now
                )
                or "expired"
            )
        if session == "expired" and kind.lower() == "bearer":
            session = self._simulation.accounts.bearer(
                token, self._simulation.world.now
            )
        if isinstance(session, Session):
            return session
        dead = self._simulation.switches.dead_session_answer
        if session == "expired" or dead == "401":
            return message(401, _DENIED)
        return json_reply(
            answers.refused(
                Refusal(INVALID_SESSION if dead == "-102" else SESSION_NOT_VALID)
            )
        )


def _basic_user(request: web.Request) -> str | None:
    """Return the name of HTTP Basic, where the client id may travel (docs/protocol/total-connect.md#token-endpoint)."""
    try:
        return str(BasicAuth.decode(request.headers.get("Authorization", "")).login)
    except ValueError:
        return None
