"""An OpenAI-compatible model server that says exactly what the test wants.

A script is a function of one ModelCall. It speaks in tokens, and can wait,
refuse, hang or break in the middle; `says("a ", "b")` is the script that most
tests need.
"""

import json

from gear.scripted_server import Call, ScriptedServer


class ModelCall(Call):
    """One POST /v1/chat/completions."""

    _tokens = None

    @property
    def prompt(self):
        """What the user said last."""
        content = [m for m in self.body["messages"] if m["role"] == "user"][-1]["content"]
        return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)

    @property
    def system(self):
        return "\n".join(m["content"] for m in self.body["messages"] if m["role"] == "system")

    def token(self, text):
        """One delta of the answer."""
        if self._tokens is None:
            self._tokens = []
            if self.body.get("stream"):
                self.begin()
                self._chunk({"choices": [{"index": 0, "delta": {"role": "assistant"}, "finish_reason": None}]})
        self._tokens.append(text)
        if self.body.get("stream"):
            self._chunk({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]})

    def finish(self, reason="stop"):
        """The end of the answer, with the usage as llama.cpp and OpenAI give it."""
        tokens = self._tokens or []
        usage = {"prompt_tokens": 7, "completion_tokens": len(tokens), "total_tokens": 7 + len(tokens)}
        if not self.body.get("stream"):
            message = {"role": "assistant", "content": "".join(tokens)}
            choices = [{"index": 0, "message": message, "finish_reason": reason}]
            self.answer(200, {"object": "chat.completion", "choices": choices, "usage": usage})
            return
        self._chunk({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
        if (self.body.get("stream_options") or {}).get("include_usage"):
            self._chunk({"choices": [], "usage": usage})
        self.send(b"data: [DONE]\n\n")
        self.end()

    def say(self, *tokens):
        for token in tokens:
            self.token(token)
        self.finish()

    def use_tool(self, name, **arguments):
        """Asks for a tool instead of answering; the call after it has what the tool said."""
        self._tokens = []
        self.begin()
        function = {"name": name, "arguments": json.dumps(arguments)}
        tool = {"index": 0, "id": f"call_{self.number}", "type": "function", "function": function}
        delta = {"role": "assistant", "tool_calls": [tool]}
        self._chunk({"choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
        self.finish("tool_calls")

    def tool_answers(self):
        """What tools have said so far, oldest first."""
        return [message["content"] for message in self.body["messages"] if message["role"] == "tool"]

    def refuse(self, status, message="Refused by the script.", headers=None):
        self.answer(status, {"error": {"message": message, "type": "scripted", "code": None}}, headers)

    def _chunk(self, members):
        whole = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "fake", **members}
        self.send(b"data: " + json.dumps(whole).encode() + b"\n\n")


class FakeModel(ScriptedServer):
    call_type = ModelCall

    @property
    def url(self):
        return f"{self.origin}/v1"

    def on_get(self, path):
        return {"object": "list", "data": [{"id": "fake", "object": "model"}]}


def says(*tokens):
    """The script of a model that says these tokens to everybody."""
    return lambda call: call.say(*tokens)


def echoes(call):
    """The script of a model that says the words of the prompt back, one token a word."""
    call.say(*[word + " " for word in call.prompt.split()])


def refuses(status, message="Refused by the script.", **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda call: call.refuse(status, message, named)


def says_at_gates(tokens, gates):
    """Each token waits for its gate; the end follows the last token at once."""

    def script(call):
        for token, gate in zip(tokens, gates, strict=True):
            call.wait_for(gate)
            call.token(token)
        call.finish()

    return script
