"""The first generation of the Python client: mcp 1.x."""

import contextlib

import anyio
from mcp import ClientSession, StdioServerParameters, types
from mcp.client.sse import sse_client
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamablehttp_client

from story import HEADERS, PLAN, TOOL, finish, person, say, say_progress, say_result, told_to_give_up


def over_stdio():
    return stdio_client(StdioServerParameters(command=PLAN["command"][0], args=PLAN["command"][1:], env=PLAN["env"]))


TRANSPORTS = {
    "http": lambda: streamablehttp_client(PLAN["url"], headers=HEADERS),
    "sse": lambda: sse_client(PLAN["url"], headers=HEADERS),
    "stdio": over_stdio,
    "remote": over_stdio,
}


async def list_tools(session):
    say("tools", names=[tool.name for tool in (await session.list_tools()).tools])


async def execute(session, wanted):
    result = await session.call_tool(TOOL, wanted, progress_callback=say_progress)
    say_result(result.content, result.isError, result.structuredContent)


async def give_up(session, wanted):
    """This generation has no word for it: the notification is sent by hand, and the call left."""
    async with anyio.create_task_group() as group:
        # The session numbers its requests, and the next one is our call.
        number = session._request_id

        async def cancel():
            await told_to_give_up()
            params = types.CancelledNotificationParams(requestId=number, reason="The user lost interest.")
            await session.send_notification(types.ClientNotification(types.CancelledNotification(params=params)))
            group.cancel_scope.cancel()

        group.start_soon(cancel)
        await execute(session, wanted)
    if group.cancel_scope.cancelled_caught:
        say("cancelled", text="left")


async def main():
    async with contextlib.AsyncExitStack() as stack:
        streams = await stack.enter_async_context(TRANSPORTS[PLAN["transport"]]())
        session = await stack.enter_async_context(
            ClientSession(streams[0], streams[1], elicitation_callback=person(types.ElicitResult))
        )
        hello = await session.initialize()
        say("connected", version=str(hello.protocolVersion), server=hello.serverInfo.name)
        await list_tools(session)
        await execute(session, PLAN["executes"])
        if PLAN["gives_up"]:
            await give_up(session, PLAN["gives_up"])
            await list_tools(session)  # the connection is still good
    say("closed")


finish(main)
