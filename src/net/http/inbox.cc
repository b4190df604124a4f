#include "net/http/inbox.h"

#include <algorithm>

namespace meshai::net::http {

Async<Result<bool>> Inbox::fill(MonoTime deadline) {
    if (has_ended_) co_return false;
    auto ready = co_await connection_.readable(deadline);
    if (!ready) co_return ready.error();
    auto count = co_await connection_.read_some(shared_buffer_, deadline);
    if (!count) co_return count.error();
    has_ended_ = *count == 0;
    kept_.append(shared_buffer_.data(), *count);
    co_return !has_ended_;
}

Parser::Step Inbox::advance(Parser& parser, std::string& body) {
    const auto fed = parser.feed(std::string_view(kept_).substr(parsed_), body);
    parsed_ += fed.taken;
    if (parsed_ == kept_.size()) {
        std::string().swap(kept_);  // an idle connection keeps no memory
        parsed_ = 0;
    }
    return fed.step;
}

std::string Inbox::take() {
    auto rest = kept_.substr(parsed_);
    std::string().swap(kept_);
    parsed_ = 0;
    return rest;
}

Async<void> Inbox::drop_all(Clock& clock, Duration silence, Duration whole, std::size_t bytes_max) {
    const auto end = clock.in(whole);
    std::string().swap(kept_);
    parsed_ = 0;
    for (std::size_t dropped = 0; dropped < bytes_max;) {
        auto more = co_await fill(std::min(end, clock.in(silence)));
        if (!more || !*more) break;
        dropped += kept_.size();
        std::string().swap(kept_);
    }
}

}  // namespace meshai::net::http
