"""What can go wrong with one request, and the wire on which it goes wrong.

Most faults are the simulated service's own. Three are made here, because they happen
before a service is reached: a refused connection, a name that does not resolve, and a
certificate nobody trusts. All three are real.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
import re
import socket
import ssl
from tempfile import NamedTemporaryFile
from typing import Any, Final, override
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from simulator import Simulator
from simulator.faults.rules import Rule

# What each fault means for a request that starts something. `BEFORE`: the service never
# looked at it. `AFTER`: it did, and only the answer suffers.
NOT_SENT: Final = ("refused", "dns", "certificate")
BEFORE: Final = (
    "hang_up",
    "403",
    "500_message",
    "500_999",
    "502_html",
    "503",
    "html",
    "redirect",
)
AFTER: Final = (
    "reset",
    "timeout",
    "empty",
    "truncated",
    "wrong_types",
    "huge",
    "xml_bomb",
)
GONE: Final = ("404", "405", "410")
BUSY: Final = ("429", "429_bare")
FAULTS: Final = (
    *NOT_SENT,
    *BEFORE,
    *AFTER,
    *GONE,
    *BUSY,
    "401",
    "drip",
    "missing_section",
    "unknown_code",
)


def place(method: str, url: str) -> str:
    """Name what a request asks for: method and path, ids and jobs left out."""
    path = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "{job}", urlsplit(url).path.lower())
    return f"{method} {re.sub(r'/[0-9]{2,}(?=/|$)', '/{id}', path)}"


class _NoSuchName(AbstractResolver):
    """Knows no name at all."""

    @override
    async def resolve(
        self, host: str, port: int = 0, family: int = socket.AF_INET
    ) -> list[ResolveResult]:
        raise OSError(socket.EAI_NONAME, "Name or service not known")

    @override
    async def close(self) -> None:
        pass


@cache
def _self_signed() -> ssl.SSLContext:
    """Make a certificate for this machine that nobody signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    begin = datetime.now(UTC) - timedelta(days=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with NamedTemporaryFile() as file:
        file.write(certificate.public_bytes(serialization.Encoding.PEM))
        file.write(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        file.flush()
        context.load_cert_chain(file.name)
    return context


class Wire:
    """An HTTP session on which chosen requests go wrong.

    `asked` is called with the place of every request and gives the fault it meets.
    """

    def __init__(
        self,
        simulator: Simulator,
        asked: Callable[[str, str], str | None],
        http: aiohttp.ClientSession,
        nameless: aiohttp.ClientSession,
        closed_port: int,
        untrusted_port: int,
    ) -> None:
        self._simulator = simulator
        self._asked = asked
        self._http = http
        self._nameless = nameless
        self._closed_port = closed_port
        self._untrusted_port = untrusted_port
        self.faults = 0

    def request(self, method: str, url: str, **options: Any) -> Any:
        """Send a request as aiohttp would, or let it fail."""
        fault = self._asked(place(method, url), url)
        path = urlsplit(url).path
        http = self._http
        if fault is not None:
            self.faults += 1
        match fault:
            case None:
                pass
            case "refused":
                url = f"http://127.0.0.1:{self._closed_port}{path}"
            case "dns":
                url, http = f"http://service.invalid{path}", self._nameless
            case "certificate":
                url = f"https://127.0.0.1:{self._untrusted_port}{path}"
            case "hang_up":
                # aiohttp by itself repeats a GET once, and never a POST.
                self._simulator.faults.add(path, "refuse", 2 if method == "GET" else 1)
            case _:
                self._simulator.faults.add(path, fault)
        asking = http.request(method, url, **options)
        if fault == "timeout":
            return self._never_answered(asking, self._simulator.faults.rules[-1])
        return asking

    @asynccontextmanager
    async def _never_answered(
        self, asking: AbstractAsyncContextManager[aiohttp.ClientResponse], rule: Rule
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Let the time run out as soon as the service has looked at the request.

        A short time would run out before that on a busy machine, and a long one is idle.
        """
        async with asyncio.timeout(None) as deadline:

            async def run_out() -> None:
                while any(rule is waiting for waiting in self._simulator.faults.rules):
                    await asyncio.sleep(0.01)
                deadline.reschedule(asyncio.get_running_loop().time())

            running_out = asyncio.create_task(run_out())
            try:
                async with asking as answer:
                    yield answer
            finally:
                running_out.cancel()


@asynccontextmanager
async def broken_wire(
    simulator: Simulator, asked: Callable[[str, str], str | None]
) -> AsyncIterator[Wire]:
    runner = web.AppRunner(web.Application())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=_self_signed()).start()
    with socket.socket() as unused:
        # Bound and not listening: nobody else gets the port, and nobody answers on it.
        unused.bind(("127.0.0.1", 0))
        try:
            async with (
                aiohttp.ClientSession() as http,
                aiohttp.ClientSession(
                    connector=aiohttp.TCPConnector(resolver=_NoSuchName())
                ) as nameless,
            ):
                yield Wire(
                    simulator,
                    asked,
                    http,
                    nameless,
                    unused.getsockname()[1],
                    runner.addresses[0][1],
                )
        finally:
            await runner.cleanup()
