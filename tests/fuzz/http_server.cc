// Bytes of a client against the real HTTP server, in memory. Whatever they are:
// every answer is HTTP, nothing throws, cutting the bytes elsewhere changes no
// answer, and the connection ends.
#include <cstdint>
#include <string>

#include "net/http/server.h"
#include "net/memory/network.h"
#include "net/memory/raw_client.h"
#include "tests/fuzz/judge.h"

namespace {

using namespace meshai;
using namespace meshai::net;

const Endpoint kHere{"127.0.0.1", 80};

Async<void> answer(http::Exchange& exchange) {
    auto body = co_await exchange.body();
    if (!body) {
        (void)co_await exchange.respond(http::problem(400, "X", body.error().message));
    } else if (exchange.head().path == "/stream") {
        if (!co_await exchange.start_stream(200, {}, body->empty())) co_return;
        if (!co_await exchange.write(*body)) co_return;
        (void)co_await exchange.finish_stream();
    } else {
        (void)co_await exchange.respond(http::Response{200, {}, exchange.head().path + *body});
    }
}

/// Interim answers depend on what had come when the body was asked for.
std::string without_continue(std::string text) {
    const std::string interim = "HTTP/1.1 100 Continue\r\n\r\n";
    for (auto at = text.find(interim); at != std::string::npos; at = text.find(interim))
        text.erase(at, interim.size());
    return text;
}

std::string heard(const std::string& bytes, std::optional<std::uint64_t> split_seed) {
    TestLoop loop;
    MemoryNetwork network(loop.clock);
    Metrics metrics;
    Faults faults;
    faults.to_server.split_seed = split_seed;
    network.set_faults(kHere, faults);
    const http::Limits limits{
        .header_bytes = 2048, .header_fields = 20, .target_bytes = 512, .body_bytes = 1024};
    http::Server server(loop.ex(), loop.clock, loop.log, metrics, limits, {}, answer);
    server.serve(*network.listen(loop.ex(), kHere));
    RawClient client(loop, network, kHere);
    client.listens();
    client.says(bytes);
    client.finishes_writing();
    loop.passes(5min);
    auto text = client.takes();
    fuzz::must(client.is_ended() && !client.is_broken(), "the connection ends in order");
    fuzz::must(server.connections() == 0, "nothing is left behind");
    for (const auto& line : loop.log.lines()) fuzz::must(line.find("bug") == std::string::npos, line);
    return without_continue(std::move(text));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    const auto whole = heard(bytes, std::nullopt);
    fuzz::must(whole.empty() || whole.starts_with("HTTP/1.1 "), "an answer is HTTP");
    fuzz::must(heard(bytes, size + 1) == whole, "the answer is the same however the bytes are cut");
    return 0;
}
