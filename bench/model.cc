#include "bench/model.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <thread>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "net/http/server.h"
#include "net/sse/writer.h"
#include "net/tcp/network.h"

namespace meshai::bench {
namespace {

constexpr std::string_view kPiece =
    "data: "
    "{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\" "
    "word\"}}]}\n\n";
constexpr std::string_view kEnd =
    "data: "
    "{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_"
    "reason\":\"stop\"}]}\n\n"
    "data: "
    "{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"choices\":[],\"usage\":{\"prompt_tokens\":5,"
    "\"completion_tokens\":100,\"total_tokens\":105}}\n\n"
    "data: [DONE]\n\n";

Async<void> answer(net::http::Exchange& exchange, std::size_t pieces, bool is_batched) {
    auto body = co_await exchange.body();
    if (!body) co_return;
    if (exchange.head().method == "GET") {
        (void)co_await exchange.respond(
            {.status = 200, .headers = {}, .body = R"({"object":"list","data":[{"id":"bench"}]})"});
        co_return;
    }
    auto status = co_await exchange.start_stream(200, net::sse::stream_headers(), false);
    std::string batch;
    for (std::size_t i = 0; status && i < pieces; ++i) {
        if (is_batched)
            batch += kPiece;
        else
            status = co_await exchange.write(kPiece);
    }
    batch += kEnd;
    if (status) status = co_await exchange.write(batch);
    if (status) (void)co_await exchange.finish_stream();
}

}  // namespace

int serve_model(std::size_t pieces, bool is_batched) {
    asio::io_context io{1};
    SystemClock clock;
    MemoryLog log;
    Metrics metrics;
    net::TcpNetwork network(clock);
    auto listener = network.listen(io.get_executor(), {"127.0.0.1", 0});
    if (!listener) {
        fmt::print(stderr, "{}\n", listener.error().message);
        return 1;
    }
    const auto port = (*listener)->local().port;
    net::http::Server server(
        io.get_executor(), clock, log, metrics, {}, {},
        [pieces, is_batched](net::http::Exchange& exchange) { return answer(exchange, pieces, is_batched); });
    server.serve(std::move(*listener));
    fmt::print("ready http://127.0.0.1:{}/v1\n", port);
    std::fflush(stdout);

    // The parent holds our input open for as long as it wants us.
    std::jthread until_input_ends([&io] {
        char byte = 0;
        while (read(STDIN_FILENO, &byte, 1) > 0) {
        }
        io.stop();
    });
    auto work = asio::make_work_guard(io);
    io.run();
    return 0;
}

}  // namespace meshai::bench
