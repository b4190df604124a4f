#include "agents/output_text.h"

#include <fmt/format.h>

namespace meshai::agents {

Async<Status> OutputText::write(std::string text) {
    if (text_.size() + text.size() > bytes_max_)
        co_return Error{Code::TooLarge,
                        fmt::format("The agent wrote more than {} KiB, which is the bound of an answer.",
                                    bytes_max_ >> 10U)};
    text_ += text;
    std::string_view rest = text;
    while (!rest.empty()) {
        const auto piece = utf8_prefix(rest, task::kOutputPieceBytesMax);
        rest.remove_prefix(piece.size());
        auto taken = co_await sink_.output(std::string(piece));
        if (!taken) co_return taken;
    }
    co_return Status{};
}

}  // namespace meshai::agents
