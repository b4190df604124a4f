#include "auth/limits/windows.h"

namespace meshai::auth {

Windows::Window Windows::at(const std::string& name, MonoTime now) {
    forget_ended(now);
    const auto found = windows_.find(name);
    return found == windows_.end() ? Window{now + length_, 0} : found->second->window;
}

Windows::Window Windows::count(const std::string& name, MonoTime now) {
    forget_ended(now);
    auto found = windows_.find(name);
    if (found == windows_.end()) {
        if (windows_.size() >= names_max_) {
            windows_.erase(entries_.front().name);
            entries_.pop_front();
        }
        entries_.push_back({name, {now + length_, 0}});
        found = windows_.emplace(name, std::prev(entries_.end())).first;
    }
    ++found->second->window.count;
    return found->second->window;
}

void Windows::forget_ended(MonoTime now) {
    while (!entries_.empty() && entries_.front().window.ends <= now) {
        windows_.erase(entries_.front().name);
        entries_.pop_front();
    }
}

}  // namespace meshai::auth
