// mesh/executor/fair_queue.h
//
// A queue in which tenants take turns: within a tenant first come first
// served, among tenants round robin, so that one with a thousand tasks does
// not stand in front of one with a single task. Leaving from the middle is
// cheap. No bound of its own: who pushes has checked one. Not thread-safe.
#pragma once

#include <cassert>
#include <list>
#include <map>

#include "base/id.h"

namespace meshai::mesh {

template <class T>
class FairQueue {
  public:
    /// Where something stands; valid until it is popped or removed.
    struct Ticket {
        TenantId tenant{};
        typename std::list<T>::iterator at{};
    };

    Ticket push(const TenantId& tenant, T item) {
        auto [line, is_new] = lines_.try_emplace(tenant);
        if (is_new) turns_.push_back(tenant);
        line->second.push_back(std::move(item));
        ++size_;
        return {tenant, std::prev(line->second.end())};
    }

    /// The one whose turn it is; there must be one.
    T& front() {
        assert(size_ > 0);
        return lines_.find(turns_.front())->second.front();
    }

    T pop() {
        auto line = lines_.find(turns_.front());
        T item = std::move(line->second.front());
        line->second.pop_front();
        --size_;
        turns_.pop_front();
        if (line->second.empty())
            lines_.erase(line);
        else
            turns_.push_back(line->first);
        return item;
    }

    void remove(const Ticket& ticket) {
        auto line = lines_.find(ticket.tenant);
        line->second.erase(ticket.at);
        --size_;
        if (!line->second.empty()) return;
        lines_.erase(line);
        turns_.remove(ticket.tenant);
    }

    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }

  private:
    std::map<TenantId, std::list<T>> lines_{};
    std::list<TenantId> turns_{};  ///< tenants with a line, the next one first
    std::size_t size_ = 0;
};

}  // namespace meshai::mesh
