#include "doors/ws/ws.h"

#include <exception>

#include "doors/ws/conversation.h"
#include "doors/ws/limits.h"
#include "net/ws/upgrade.h"

namespace meshai::doors {
namespace {

constexpr int kSwitchingProtocols = 101;

Async<void> refuse(Call& call, net::ws::Refusal refused) {
    auto response = net::http::problem(refused.status, code_name(Code::InvalidArgument), refused.detail);
    for (const auto& [name, value] : refused.headers.fields()) response.headers.set(name, value);
    co_await answer(call, std::move(response));
}

/// The handshake, and what this door wants of it beside the RFC.
std::expected<net::ws::Offer, net::ws::Refusal> read_offer(const Call& call) {
    auto offer = net::ws::read_offer(call.http.head());
    if (!offer) return offer;
    // A browser fails a connection of which it offered subprotocols and that
    // chose none; so would everybody who asks for a language that is not spoken here.
    if (!offer->protocols.empty() && !offer->has_protocol(ws::kProtocol))
        return std::unexpected(net::ws::Refusal{
            400, "The subprotocol that is spoken here is meshai.v1; offer it, or none at all."});
    // It would name one task, and here are many.
    if (call.header("Last-Event-ID"))
        return std::unexpected(
            net::ws::Refusal{400, R"(A WebSocket has no Last-Event-ID: say "after" in each "subscribe".)"});
    return offer;
}

// Counts a connection while it is open, and how it ended.
class OpenConnection {
  public:
    explicit OpenConnection(Metrics& metrics)
        : metrics_(metrics), open_(metrics.gauge("meshai_websockets_open", "WebSockets that are open now")) {
        metrics.counter("meshai_websockets_total", "WebSockets opened").add();
        open_.add(1);
    }
    ~OpenConnection() { open_.add(-1); }
    OpenConnection(const OpenConnection&) = delete;
    OpenConnection& operator=(const OpenConnection&) = delete;

    void ended(const net::ws::Ending& ending) {
        // The codes of a peer are its own choice: no label for each.
        const auto how = ending.code == net::ws::kAbnormal ? "lost"
                         : ending.is_by_peer               ? "peer"
                                                           : std::to_string(ending.code);
        metrics_
            .counter("meshai_websockets_closed_total", "WebSockets that ended, by close code", {{"by", how}})
            .add();
    }

  private:
    Metrics& metrics_;
    Gauge& open_;
};

Async<void> serve_websocket(Call& call) {
    const auto offer = read_offer(call);
    if (!offer) co_return co_await refuse(call, offer.error());
    net::ws::Acceptance acceptance{.headers = call.extra};
    if (offer->has_protocol(ws::kProtocol)) acceptance.protocol = ws::kProtocol;
    call.status = kSwitchingProtocols;

    const auto ex = co_await this_executor();
    const auto& house = call.house;
    OpenConnection counted(house.metrics);
    Signal news(ex, house.clock);
    net::ws::Limits limits;
    limits.message_bytes = ws::kMessageBytesMax;
    net::ws::Socket socket(ex, house.clock, house.log, call.http.upgrade(news), *offer, acceptance, limits,
                           news);
    ws::Conversation conversation(ex, call, socket, news);
    // Whatever happens in between, what was spawned ends before this does.
    std::exception_ptr bug;
    try {
        co_await conversation.run();
    } catch (...) {
        bug = std::current_exception();
    }
    co_await conversation.end();
    counted.ended(co_await socket.end());
    if (bug) std::rethrow_exception(bug);
}

}  // namespace

std::vector<Route> websocket_routes() {
    About about = {.name = "openWebSocket",
                   .tag = "tasks",
                   .summary = "WebSocket: submit, follow, answer and cancel many tasks on one connection",
                   .status = kSwitchingProtocols,
                   .parameters = {{"Sec-WebSocket-Protocol", "header", "string",
                                   "meshai.v1; from a browser meshai.v1, bearer.KEY"}},
                   .failures = {400, 426}};
    About alias = about;
    alias.name = "openWebSocketAlias";
    return {{"GET", "/v1/ws", kAnyKey, serve_websocket, about},
            {"GET", "/ws", kAnyKey, serve_websocket, alias}};
}

}  // namespace meshai::doors
