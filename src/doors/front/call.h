// doors/front/call.h
//
// One request on its way through a door: who asks, what for, and the header
// fields that every answer to it carries (rate, request id). A handler answers
// through the functions below, so that no answer forgets them. Lives while the
// request is handled, on the connection's executor.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "doors/house.h"
#include "doors/route/route.h"
#include "net/http/server.h"

namespace meshai::doors {

struct Call {
    const House& house;
    const RouteTable& routes;
    net::http::Exchange& http;
    auth::Principal principal{};
    task::Caller caller{};
    PathValues path_values{};
    net::http::Headers extra{};
    int status = 0;  ///< of the answer; 0 before it

    /// The value of a template in the path.
    std::string path_value(std::string_view name) const;
    std::optional<std::string_view> header(std::string_view name) const;
    std::optional<std::string> query(std::string_view name) const;
};

/// The HTTP status of every code: the one table.
int status_of(Code code);

/// Sends a whole answer. A client that has gone meanwhile needs no more words.
Async<void> answer(Call& call, net::http::Response response);
Async<void> answer_json(Call& call, int status, json::value body);

/// An error as an RFC 9457 problem; its cause goes into our log.
Async<void> answer_error(Call& call, Error error);

/// The same with another status than the table's, where a contract asks for it.
Async<void> answer_error(Call& call, Error error, int status);

/// A key that may not do this: 403, with the scope it lacks.
Async<void> refuse_scope(Call& call, std::string_view scope);

/// A body that says it is something else than JSON: 415. False when it was
/// refused; the answer is then given.
Async<bool> check_content_type(Call& call);

/// Begins a stream with the four header fields of the guide.
Async<Status> start_event_stream(Call& call);

/// A stream whose events are all known already: head and events in one write.
Async<void> answer_event_stream(Call& call, std::string events);

/// The body as a JSON object. When nothing comes back, the answer is given already.
Async<std::optional<json::object>> body_object(Call& call);

/// A whole number in the query; the default when absent, InvalidArgument when
/// it is not a number from `min` to `max`.
Result<std::uint64_t> query_number(const Call& call, std::string_view name, std::uint64_t otherwise,
                                   std::uint64_t min, std::uint64_t max);

/// What kinds of answer the client takes (RFC 9110 12.5.1). An absent field takes everything.
struct Accepted {
    bool json = false;          ///< names application/json
    bool event_stream = false;  ///< names text/event-stream
    bool anything = false;      ///< */* or no field
    bool stream_first =
        false;  ///< text/event-stream weighs more than JSON, or the same and is named before it
};
Accepted accepted(const Call& call);

}  // namespace meshai::doors
