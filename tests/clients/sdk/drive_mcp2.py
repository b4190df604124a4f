"""The second generation of the Python client: mcp 2.x, in each of its ways to negotiate."""

import anyio
import httpx2
from mcp import Client, StdioServerParameters
from mcp.client.sse import sse_client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import ElicitResult

from story import HEADERS, PLAN, TOOL, finish, person, say, say_progress, say_result, told_to_give_up

READ_SECONDS_MAX = 120


def over_http():
    timeout = httpx2.Timeout(30, read=READ_SECONDS_MAX)
    return streamable_http_client(PLAN["url"], http_client=httpx2.AsyncClient(headers=HEADERS, timeout=timeout))


def over_stdio():
    return StdioServerParameters(command=PLAN["command"][0], args=PLAN["command"][1:], env=PLAN["env"])


TRANSPORTS = {
    "http": over_http,
    "sse": lambda: sse_client(PLAN["url"], headers=HEADERS),
    "stdio": over_stdio,
    "remote": over_stdio,
}


async def list_tools(client):
    say("tools", names=[tool.name for tool in (await client.list_tools()).tools])


async def execute(client, wanted):
    result = await client.call_tool(TOOL, wanted, progress_callback=say_progress)
    say_result(result.content, result.is_error, result.structured_content)


async def give_up(client, wanted):
    """Leaving the call cancels it: the library tells the server, in the words of the era."""
    async with anyio.create_task_group() as group:

        async def cancel():
            await told_to_give_up()
            group.cancel_scope.cancel()

        group.start_soon(cancel)
        await execute(client, wanted)
    if group.cancel_scope.cancelled_caught:
        say("cancelled", text="left")


async def main():
    transport = TRANSPORTS[PLAN["transport"]]()
    async with Client(transport, mode=PLAN["mode"], elicitation_callback=person(ElicitResult)) as client:
        info = client.server_info
        say("connected", version=client.protocol_version, server=info.name if info else None)
        await list_tools(client)
        await execute(client, PLAN["executes"])
        if PLAN["gives_up"]:
            await give_up(client, PLAN["gives_up"])
            await list_tools(client)  # the connection is still good
    say("closed")


finish(main)
