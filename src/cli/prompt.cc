#include "cli/prompt.h"

#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <cerrno>
#include <cstdio>

#include "base/signal.h"

namespace meshai::cli {
namespace {

using Descriptor = asio::posix::basic_stream_descriptor<Executor>;

class Terminal final : public Prompt {
  public:
    Terminal(Executor ex, Clock& clock) : ready_(ex, clock), input_(ex, ::dup(STDIN_FILENO)) {}

    Async<std::optional<std::string>> line(std::string text) override {
        std::fwrite(text.data(), 1, text.size(), stderr);
        std::fflush(stderr);
        // Waited for, not read: a person may think for hours while the task's stream goes on.
        input_.async_wait(Descriptor::wait_read, [ready = ready_](const boost::system::error_code& error) {
            if (!error) ready.notify();
        });
        if (co_await ready_.wait_until(kNever) != Wake::Notified) {
            boost::system::error_code ignored;
            input_.cancel(ignored);
            co_return std::nullopt;
        }
        co_return read_line();
    }

  private:
    /// A terminal gives a line at a time.
    std::optional<std::string> read_line() {
        std::string bytes(kPromptLineBytesMax, '\0');
        const auto count = ::read(input_.native_handle(), bytes.data(), bytes.size());
        if (count <= 0) return std::nullopt;
        bytes.resize(static_cast<std::size_t>(count));
        while (bytes.ends_with('\n') || bytes.ends_with('\r')) bytes.pop_back();
        return bytes;
    }

    Signal ready_;
    Descriptor input_;
};

}  // namespace

std::unique_ptr<Prompt> real_prompt(Executor ex, Clock& clock) {
    if (isatty(STDIN_FILENO) != 1 || isatty(STDERR_FILENO) != 1) return nullptr;
    return std::make_unique<Terminal>(ex, clock);
}

}  // namespace meshai::cli
