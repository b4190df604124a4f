#include "doors/mcp/sessions/answer.h"

#include <algorithm>

#include "doors/mcp/sessions/sessions.h"
#include "doors/mcp/sessions/writer.h"

namespace meshai::doors::mcp {
namespace {

/// What the client gets.
enum class Shape { Json, Stream, Nothing };

bool are_answers(const Outbox::Portion& portion) {
    return std::ranges::all_of(portion.messages, &Outbox::Message::is_answer);
}

void join(Outbox::Portion& all, Outbox::Portion more) {
    std::ranges::move(more.messages, std::back_inserter(all.messages));
    all.is_ended = more.is_ended;
    all.is_parted = all.is_parted || more.is_parted;
}

// Takes what comes until it is clear how it goes to the client.
Async<Shape> take_first(Call& call, Outbox::Reader& reader, Takes takes, Duration quick_answer,
                        Outbox::Portion& all) {
    auto& clock = call.house.clock;
    const auto until = !takes.stream ? kNever : takes.json ? clock.in(quick_answer) : clock.now();
    for (;;) {
        join(all, reader.take(kPortionBytesMax));
        if (all.is_ended && takes.json && are_answers(all)) co_return Shape::Json;
        const bool must_stream = all.is_ended || all.is_parted || !are_answers(all) ||
                                 call.http.is_draining() || clock.now() >= until;
        if (takes.stream && must_stream) co_return Shape::Stream;
        const auto woken = co_await reader.signal().wait_until(until);
        if (woken == Wake::Cancelled || call.http.is_peer_gone()) co_return Shape::Nothing;
    }
}

Async<void> answer_as_json(Call& call, const Outbox::Portion& portion, Takes takes, Form form,
                           Outbox::Reader& reader, EventStyle style) {
    // The client has taken its request back: there is nothing to say, and HTTP needs an end.
    if (portion.messages.empty() && takes.stream)
        co_return co_await write_stream(call, reader, style, portion, {});
    if (portion.messages.empty()) co_return co_await answer_accepted(call);
    std::string body;
    for (const auto& message : portion.messages) body += (body.empty() ? "" : ",") + *message.text;
    if (form == Form::Batch) body = "[" + body + "]";
    net::http::Response response{200, {{"Content-Type", "application/json"}}, std::move(body)};
    co_await answer(call, std::move(response));
}

}  // namespace

Async<void> answer_post(Call& call, std::shared_ptr<Session> session, std::shared_ptr<Outbox> outbox,
                        Takes takes, Form form) {
    if (takes.stream && call.house.streams_answers) takes.json = false;
    const Signal signal(co_await this_executor(), call.house.clock);
    Outbox::Reader reader(outbox, signal, 0);
    call.http.watch_peer(signal);
    const auto agreement = session->agreement();
    const EventStyle style{.is_primed = agreement && agreement->codec.features().priming_event};

    Outbox::Portion all;
    const auto shape = co_await take_first(call, reader, takes, sessions_of(call).limits().quick_answer, all);
    if (shape == Shape::Stream) co_return co_await write_stream(call, reader, style, std::move(all), {});
    // No event of this stream has been seen, so that nobody can come back to it.
    session->streams().forget(outbox->number());
    if (shape == Shape::Json) co_await answer_as_json(call, all, takes, form, reader, style);
}

}  // namespace meshai::doors::mcp
