// auth/limits/windows.h
//
// Counting per name in fixed windows of time: requests of a key in a minute,
// wrong keys of an address in five. A window begins with the first count of its
// name and ends `length` later; so "try again in N seconds" is exact. Memory is
// bounded: when there are `names_max` names, the oldest window is forgotten,
// which errs on the side of letting someone in. Pure; the caller locks.
#pragma once

#include <list>
#include <string>
#include <unordered_map>

#include "base/clock.h"

namespace meshai::auth {

class Windows {
  public:
    Windows(Duration length, std::size_t names_max) : length_(length), names_max_(names_max) {}

    struct Window {
        MonoTime ends;
        unsigned count = 0;
    };

    /// The window of `name` now; an empty one that would begin now if there is none.
    Window at(const std::string& name, MonoTime now);

    /// Counts one and gives the window with it.
    Window count(const std::string& name, MonoTime now);

    std::size_t size() const { return windows_.size(); }

  private:
    struct Entry {
        std::string name;
        Window window;
    };
    // All windows are equally long, so the order in which they began is the order in which they end.
    using Entries = std::list<Entry>;

    void forget_ended(MonoTime now);

    Duration length_;
    std::size_t names_max_;
    Entries entries_{};
    std::unordered_map<std::string, Entries::iterator> windows_{};
};

}  // namespace meshai::auth
