"""The servers that the suite is run against, each a process on a free port."""

import contextlib
import pathlib
import subprocess
import urllib.error
import urllib.request

from gear.lines import Lines
from gear.meshai import binary

READY_SECONDS_MAX = 30
END_SECONDS_MAX = 20
ASK_SECONDS_MAX = 10


def fixture_binary():
    """mcp-fixture, which lies beside the binary under test."""
    path = pathlib.Path(binary()).with_name("mcp-fixture")
    if not path.exists():
        raise AssertionError(f"There is no {path}. './dev build release mcp-fixture' makes it.")
    return str(path)


@contextlib.contextmanager
def fixture(command=None):
    """A fixture server that answers; gives the URL of its endpoint."""
    command = command or [fixture_binary(), "--listen", "127.0.0.1:0"]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               text=True, errors="replace")
    output, errors = Lines(process.stdout), Lines(process.stderr)
    try:
        url = endpoint(output.wait_for("ready http", READY_SECONDS_MAX).split()[1])
        assert_answers(url)
        yield url
        assert process.poll() is None, f"The fixture ended with {process.returncode}."
    except AssertionError as problem:
        _end(process)
        raise AssertionError(f"{problem}\nThe fixture said: {errors.all_text()[-4000:]}") from problem
    finally:
        _end(process)


def endpoint(origin):
    """The suite's test of DNS rebinding needs the name: an address cannot be rebound."""
    return f"http://localhost:{origin.rstrip('/').rsplit(':', 1)[1]}/mcp"


def assert_answers(url):
    """Any answer of HTTP will do: the suite tests what it says."""
    try:
        urllib.request.urlopen(url, timeout=ASK_SECONDS_MAX).close()
    except urllib.error.HTTPError as answer:
        answer.close()
    except OSError as problem:
        raise AssertionError(f"Nothing answers at {url}: {problem}") from problem


def _end(process):
    process.terminate()
    try:
        process.wait(END_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
