// app/logging/stderr_log.h
//
// The real log: lines on stderr, with colours where a person looks at a
// terminal and as JSON otherwise. stdout stays for what commands print. Any
// thread. spdlog is seen by stderr_log.cc only.
#pragma once

#include <memory>

#include "app/config/config.h"
#include "base/clock.h"
#include "base/log.h"

namespace meshai::app {

class StderrLog final : public Log {
  public:
    StderrLog(const LogSettings& settings, Clock& clock);
    ~StderrLog() override;

    void write(Level level, std::string_view message, Fields fields) override;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace meshai::app
