"""Answers that leave badly: dripping, broken off, or not at all. Part of the stand-in's faults."""

from asyncio import sleep

from aiohttp import web

from simulator.service.reply import Reply


async def drip(request: web.Request, reply: Reply) -> web.StreamResponse:
    """Send the body in forty small pieces over two seconds."""
    response = web.StreamResponse(
        status=reply.status, headers={"Content-Type": reply.content_type}
    )
    response.content_length = len(reply.body)
    await response.prepare(request)
    piece = max(1, len(reply.body) // 40)
    for begin in range(0, len(reply.body), piece):
        await response.write(reply.body[begin : begin + piece])
        await sleep(0.05)
    await response.write_eof()
    return response


def hang_up(request: web.Request) -> web.StreamResponse:
    """Close the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.StreamResponse()


async def break_off(request: web.Request, reply: Reply) -> web.StreamResponse:
    """Send half the body, then drop the connection."""
    response = web.StreamResponse(
        status=reply.status, headers={"Content-Type": reply.content_type}
    )
    response.content_length = len(reply.body)
    await response.prepare(request)
    await response.write(reply.body[: len(reply.body) // 2])
    # Let the half leave before the end, however the clock goes.
    while (transport := request.transport) is not None:
        if transport.is_closing() or not transport.get_write_buffer_size():
            return hang_up(request)
        await sleep(0)
    return response
