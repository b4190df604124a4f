"""A receiver of OTLP/HTTP that believes nothing but the official definitions.

Each request is read with OpenTelemetry's own protobuf messages. Their JSON form
has bytes in base64 where OTLP wants hex for the ids, which is the one thing
that is put right before.
"""

import base64
import binascii
import threading

from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2

from gear.scripted_server import Call, ScriptedServer
from gear.waiting import eventually

ID_LENGTHS = {"traceId": 16, "spanId": 8, "parentSpanId": 8}


def _as_protobuf_writes_it(value):
    """The same tree with every id in base64."""
    if isinstance(value, list):
        return [_as_protobuf_writes_it(item) for item in value]
    if not isinstance(value, dict):
        return value
    tree = {}
    for key, member in value.items():
        if key in ID_LENGTHS:
            raw = binascii.unhexlify(member)
            assert len(raw) == ID_LENGTHS[key] and any(raw), f"{key} is {member!r}"
            tree[key] = base64.b64encode(raw).decode()
        else:
            tree[key] = _as_protobuf_writes_it(member)
    return tree


def attributes(holder):
    """{"key": value} of a span, an event or a resource."""
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in holder.attributes}


class OtlpReceiver(ScriptedServer):
    """Takes traces, and keeps them as protobuf messages."""

    call_type = Call

    def __init__(self, script=None):
        self._lock = threading.Lock()
        self.requests = []
        super().__init__(script or (lambda call: call.answer(200, {})))

    def run(self, call):
        request = json_format.ParseDict(
            _as_protobuf_writes_it(call.body), trace_service_pb2.ExportTraceServiceRequest()
        )
        self.script(call)
        with self._lock:
            self.requests.append(request)

    @property
    def spans(self):
        with self._lock:
            return [
                span
                for request in self.requests
                for resource in request.resource_spans
                for scope in resource.scope_spans
                for span in scope.spans
            ]

    @property
    def services(self):
        with self._lock:
            return {
                attributes(resource.resource)["service.name"]
                for request in self.requests
                for resource in request.resource_spans
            }

    def trace_of(self, task_id, within=10.0):
        """The spans of the trace that the task is in, as soon as the task's own has come."""

        def look():
            spans = self.spans
            own = [span for span in spans if attributes(span).get("meshai.task.id") == task_id]
            return [span for span in spans if own and span.trace_id == own[0].trace_id]

        return eventually(look, within, f"The trace of task {task_id}")
