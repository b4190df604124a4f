// Bytes of an agent against the real HTTP client, in memory: there is one
// outcome, it is the same however the bytes are cut, and nothing throws.
#include <cstdint>
#include <string>

#include "base/test_loop.h"
#include "net/client/client.h"
#include "net/memory/network.h"
#include "tests/fuzz/judge.h"

namespace {

using namespace meshai;
using namespace meshai::net;

const Endpoint kThere{"agent.example", 80};

Async<void> say(std::unique_ptr<Listener> listener, std::string bytes) {
    auto connection = co_await listener->accept();
    if (!connection) co_return;
    char request[4096];
    if (!co_await (*connection)->read_some(request, kNever)) co_return;
    if (!co_await (*connection)->write(bytes, kNever)) co_return;
    (*connection)->finish_writing();
    // It stays until the client leaves, so that nothing unread resets the connection.
    while (auto more = co_await (*connection)->read_some(request, kNever))
        if (*more == 0) break;
}

std::string outcome(const std::string& method, const std::string& bytes,
                    std::optional<std::uint64_t> split_seed) {
    TestLoop loop;
    MemoryNetwork network(loop.clock);
    Faults faults;
    faults.to_client.split_seed = split_seed;
    faults.buffer_bytes = 1U << 20U;
    network.set_faults(kThere, faults);
    loop.scope.spawn("agent", say(*network.listen(loop.ex(), kThere), bytes));
    client::Client client(loop.ex(), network, loop.clock, loop.log);
    client::Request request;
    request.method = method;
    request.url = *http::parse_url("http://agent.example/");
    request.limits.header_bytes = 2048;
    request.limits.body_bytes = 4096;
    const auto answer = loop.run(client.fetch(std::move(request)));
    for (const auto& line : loop.log.lines()) fuzz::must(line.find("bug") == std::string::npos, line);
    if (answer) return "answer " + std::to_string(answer->status) + " " + answer->body;
    fuzz::must(answer.error().was_sent, "a request that was read was sent");
    return "failure " + std::string(code_name(answer.error().error.code));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string method = data[0] % 4 == 0 ? "HEAD" : "POST";
    const std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto whole = outcome(method, bytes, std::nullopt);
    fuzz::must(outcome(method, bytes, size) == whole, "the outcome is the same however the bytes are cut");
    return 0;
}
