#include "net/client/pool.h"

#include <algorithm>

namespace meshai::net::client {

std::shared_ptr<Link> Pool::take(const PoolKey& key) {
    close_old();
    const auto found = idle_.find(key);
    if (found == idle_.end()) return nullptr;
    auto link = std::move(found->second.back().link);
    found->second.pop_back();
    if (found->second.empty()) idle_.erase(found);
    --size_;
    set_alarm();
    return link;
}

void Pool::put(const PoolKey& key, std::shared_ptr<Link> link) {
    close_old();
    if (closed_ || size_ >= kPooledMax) return link->close();
    auto& links = idle_[key];
    if (links.size() >= kPooledPerHostMax) {
        links.front().link->close();
        links.pop_front();
        --size_;
    }
    links.push_back(Idle{std::move(link), clock_.now()});
    ++size_;
    set_alarm();
}

void Pool::close() {
    closed_ = true;
    for (auto& [key, links] : idle_)
        for (auto& idle : links) idle.link->close();
    idle_.clear();
    size_ = 0;
    alarm_.reset();
}

void Pool::close_old() {
    const auto oldest = clock_.now() - kPooledIdleMax;
    for (auto at = idle_.begin(); at != idle_.end();) {
        auto& links = at->second;
        while (!links.empty() && links.front().since <= oldest) {
            links.front().link->close();
            links.pop_front();
            --size_;
        }
        at = links.empty() ? idle_.erase(at) : std::next(at);
    }
}

void Pool::set_alarm() {
    alarm_.reset();
    if (idle_.empty()) return;
    auto oldest = kNever;
    for (const auto& [key, links] : idle_) oldest = std::min(oldest, links.front().since);
    alarm_ = clock_.alarm(ex_, oldest + kPooledIdleMax, [this] {
        close_old();
        // This alarm is running; it must not be destroyed by its own replacement.
        const auto keep = std::move(alarm_);
        set_alarm();
    });
}

}  // namespace meshai::net::client
