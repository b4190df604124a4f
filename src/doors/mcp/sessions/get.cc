// GET and DELETE of the sessions era: the unasked stream, the rest of a stream that was cut, the end.

#include <fmt/format.h>

#include "doors/mcp/sessions/arrival.h"
#include "doors/mcp/sessions/news.h"
#include "doors/mcp/sessions/writer.h"

namespace meshai::doors::mcp {
namespace {

struct Place {
    std::shared_ptr<Outbox> outbox;
    std::uint64_t after = 0;
};

// MCP, transports: "The server MUST NOT replay messages that would have been
// delivered on a different stream." The id says which stream it is of (H9).
Result<Place> place_of(const Call& call, Session& session) {
    const auto unasked = session.streams().unasked();
    const auto last_id = call.header("Last-Event-ID");
    // Browsers send an empty one when they have seen none.
    if (!last_id || last_id->empty()) return Place{unasked, unasked->place_read()};
    const auto place = parse_event_id(*last_id);
    if (!place) return Error{Code::InvalidArgument, "Last-Event-ID is no id of this server."};
    auto outbox = session.streams().find(place->stream);
    if (!outbox || !outbox->reaches(place->place))
        return Error{
            Code::InvalidArgument,
            "Last-Event-ID is of no stream of this session that is still kept; send the request again."};
    return Place{std::move(outbox), place->place};
}

}  // namespace

Async<void> serve_session_get(Call& call) {
    auto session = session_of(call);
    if (!session) co_return co_await answer_error(call, session.error());
    if (!takes_of(call).stream) {
        auto response = net::http::problem(406, code_name(Code::InvalidArgument),
                                           "This is an event stream: send \"Accept: text/event-stream\".");
        co_return co_await answer(call, std::move(response));
    }
    const auto place = place_of(call, **session);
    if (!place) co_return co_await answer_error(call, place.error());

    const auto ex = co_await this_executor();
    Outbox::Reader reader(place->outbox, Signal(ex, call.house.clock), place->after);
    if (place->outbox->number() == kUnaskedStream) tell_news(call.house, *session, ex);
    const auto agreement = (*session)->agreement();
    const EventStyle style{.is_primed = agreement && agreement->codec.features().priming_event};
    auto first = reader.take(kPortionBytesMax);
    co_await write_stream(call, reader, style, std::move(first), {});
    (*session)->touch(call.house.clock.now());
}

Async<void> serve_session_delete(Call& call) {
    auto session = session_of(call);
    if (!session) co_return co_await answer_error(call, session.error());
    sessions_of(call).end(**session);
    net::http::Response nothing{204};
    co_await answer(call, std::move(nothing));
}

}  // namespace meshai::doors::mcp
