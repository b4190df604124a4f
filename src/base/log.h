// base/log.h
//
// What the server says about itself. A log line is one event with fields,
// written where the decision is made, once; it names the task and the agent
// and gives numbers with units. Never a key, a token or a cookie. Any thread.
#pragma once

#include <fmt/format.h>

#include <initializer_list>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace meshai {

enum class Level { Debug, Info, Warn, Error };

struct Field {
    template <class T>
    Field(std::string_view the_name, const T& the_value)
        : name(the_name), value(fmt::format("{}", the_value)) {}

    std::string_view name;
    std::string value;
};

using Fields = std::initializer_list<Field>;

class Log {
  public:
    virtual ~Log() = default;
    virtual void write(Level level, std::string_view message, Fields fields) = 0;

    void debug(std::string_view message, Fields fields = {}) { write(Level::Debug, message, fields); }
    void info(std::string_view message, Fields fields = {}) { write(Level::Info, message, fields); }
    void warn(std::string_view message, Fields fields = {}) { write(Level::Warn, message, fields); }
    void error(std::string_view message, Fields fields = {}) { write(Level::Error, message, fields); }
};

/// Keeps its lines, for tests: "WARN message name=value".
class MemoryLog final : public Log {
  public:
    void write(Level level, std::string_view message, Fields fields) override;
    std::vector<std::string> lines() const;

  private:
    mutable std::mutex mutex_;
    std::vector<std::string> lines_;
};

}  // namespace meshai
