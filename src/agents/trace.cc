#include "agents/trace.h"

namespace meshai::agents {

namespace trace = wire::trace;

std::optional<std::string> traceparent_for(const Call& call, const trace::Tracing& tracing) {
    if (!tracing.is_on) return std::nullopt;
    const auto& lineage = call.request.lineage;
    const auto standing =
        trace::standing_of({call.task, lineage.parent, lineage.root, call.request.trace}, tracing);
    return trace::traceparent(
        {standing.trace, trace::span_of_attempt(call.task, call.attempt), standing.flags});
}

void put_trace(net::client::Request& request, const Call& call, const trace::Tracing& tracing) {
    if (auto parent = traceparent_for(call, tracing)) request.headers.set(kTraceparent, std::move(*parent));
}

}  // namespace meshai::agents
