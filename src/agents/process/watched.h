// agents/process/watched.h
//
// One of our ends of a program's pipes: non-blocking, with a bell that rings
// when it can be read or written, so that waiting obeys the clock and the
// scope like every other wait. On one executor.
#pragma once

#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <memory>
#include <span>
#include <string_view>

#include "agents/process/spawn.h"
#include "base/signal.h"

namespace meshai::agents {

class Watched {
  public:
    Watched(Executor ex, Clock& clock, File file);

    /// Waits until reading (or writing) may do something. Spurious wake-ups happen.
    Async<Wake> until_readable(MonoTime deadline);
    Async<Wake> until_writable(MonoTime deadline);

    /// Wakes the waiter, whatever the file does.
    void wake() { bell_.notify(); }

    /// Bytes read (0: the end), or -1: nothing there now.
    ssize_t read(std::span<char> into);
    /// Bytes written, 0: no room now, -1: nobody reads any more.
    ssize_t write(std::string_view bytes);

    void close();
    bool is_open() const { return descriptor_.is_open(); }

  private:
    using Descriptor = asio::posix::basic_stream_descriptor<Executor>;
    Async<Wake> until(asio::posix::descriptor_base::wait_type what, MonoTime deadline);

    Descriptor descriptor_;
    Signal bell_;
    std::shared_ptr<bool> is_armed_;
};

}  // namespace meshai::agents
