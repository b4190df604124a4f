#include "app/process/threads.h"

#include <sched.h>

#include <boost/asio/executor_work_guard.hpp>

namespace meshai::app {

struct Threads::Loop {
    asio::io_context context{1};
    asio::executor_work_guard<Executor> work = asio::make_work_guard(context);
    std::thread thread{};
};

Threads::Threads(std::size_t count, Log& log) : log_(log) {
    for (std::size_t i = 0; i < count; ++i) loops_.push_back(std::make_unique<Loop>());
}

Threads::~Threads() {
    stop();
}

std::vector<Executor> Threads::executors() {
    std::vector<Executor> all;
    for (auto& loop : loops_) all.push_back(loop->context.get_executor());
    return all;
}

void Threads::start() {
    for (auto& loop : loops_)
        loop->thread = std::thread([&context = loop->context, &log = log_] { run(context, log); });
}

void Threads::stop() {
    for (auto& loop : loops_) loop->context.stop();
    for (auto& loop : loops_)
        if (loop->thread.joinable()) loop->thread.join();
}

void Threads::run(asio::io_context& context, Log& log) {
    for (;;) {
        try {
            context.run();
            return;
        } catch (const std::exception& error) {
            // Scopes and connections catch their own; what comes here is a bug in
            // a callback. It must not take the other connections with it.
            log.error("an exception left the loop of a thread, which is a bug", {{"what", error.what()}});
        }
    }
}

std::size_t cores() {
    // The cores this process may use, which in a container are fewer than the machine has.
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    if (sched_getaffinity(0, sizeof allowed, &allowed) == 0 && CPU_COUNT(&allowed) > 0)
        return static_cast<std::size_t>(CPU_COUNT(&allowed));
    return std::max(1U, std::thread::hardware_concurrency());
}

}  // namespace meshai::app
