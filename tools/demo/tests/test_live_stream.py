import json

import live_stream


def told(capsys, *events):
    story = live_stream.Story(lambda: 1.5)
    for event in events:
        story.tell(event if isinstance(event, str) else json.dumps(event))
    well = story.ended_well()
    return well, capsys.readouterr().out.splitlines()


ANSWER = {"jsonrpc": "2.0", "id": "demo", "result": {"status": "completed"}}


def test_each_step_is_a_line_and_the_tokens_share_one(capsys):
    well, lines = told(
        capsys,
        {"type": "start", "message": "Starting task execution"},
        {"type": "progress", "message": "Working", "progress": 25},
        {"type": "token", "text": "Silver "},
        {"type": "token", "text": "ribbons"},
        {"type": "result", "data": {"text": "Silver ribbons"}, "progress": 100},
        {"type": "complete", "status": "completed", "duration_ms": 1834},
        ANSWER,
        "[DONE]",
    )
    assert well
    assert [line.split("s  ", 1)[1] for line in lines] == [
        "start     Starting task execution",
        "progress  Working (25 %)",
        "token     Silver ribbons",
        'result    {"text": "Silver ribbons"}',
        "complete  completed in 1834 ms",
        "answer    JSON-RPC 'demo': completed",
    ]


def test_an_error_is_shown_and_is_no_success(capsys):
    well, lines = told(capsys, {"type": "error", "code": "TASK_ERROR", "message": "Task failed"}, "[DONE]")
    assert not well and lines[0].endswith("error     TASK_ERROR: Task failed")


def test_a_stream_without_its_end_is_no_success(capsys):
    well, lines = told(capsys, {"type": "complete", "status": "completed", "duration_ms": 1})
    assert not well and lines[-1].endswith("the stream ended without [DONE]")


def test_what_an_agent_says_cannot_steer_the_terminal(capsys):
    _, lines = told(capsys, {"type": "token", "text": "\033[2Jgone"}, "[DONE]")
    assert "\033" not in lines[0] and "gone" in lines[0]
