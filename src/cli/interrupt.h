// cli/interrupt.h
//
// ^C as a value: whether it was pressed, and who wants to know. The process
// rings it when the signal comes; a test rings it itself. One thread.
#pragma once

#include <functional>

namespace meshai::cli {

class Interrupt {
  public:
    bool is_set() const { return is_set_; }

    void ring() {
        is_set_ = true;
        if (then_) then_();
    }

    /// Calls `then` at the next ring; an empty one calls nobody.
    void then(std::function<void()> then) { then_ = std::move(then); }

  private:
    bool is_set_ = false;
    std::function<void()> then_{};
};

}  // namespace meshai::cli
