// cli/mcp/stdio.h
//
// The process's own stdin and stdout as the bridge's input and output. Pipes,
// terminals, files and closed descriptors are all taken: reading and writing
// block a thread each, never the executor, and never touch the flags of a
// descriptor that other programs may share. Destroying one wakes its thread
// and waits for it.
#pragma once

#include <memory>

#include "cli/mcp/bridge.h"

namespace meshai::cli::mcp {

/// Descriptors of the client's two pipes, out of everybody else's reach.
struct Streams {
    int in = -1;
    int out = -1;
};

/// Takes stdin and stdout away from the process: whatever is printed by mistake
/// goes to stderr from now on, and nothing but messages reaches the client (T1).
/// Once, before anything else opens a file.
Streams take_standard_streams();

class StandardInput final : public Input {
  public:
    StandardInput(Executor ex, Clock& clock, int descriptor);
    ~StandardInput() override;

    Async<std::optional<std::string>> next() override;

  private:
    struct State;
    std::shared_ptr<State> state_;
};

class StandardOutput final : public Output {
  public:
    StandardOutput(Executor ex, Clock& clock, int descriptor);
    ~StandardOutput() override;

    Async<bool> write(std::string line) override;
    Async<void> flush(MonoTime deadline) override;

  private:
    struct State;
    std::shared_ptr<State> state_;
};

/// Bytes that wait for a client that reads slowly; whoever has more waits, too.
inline constexpr std::size_t kOutputBytesMax = 1U << 20U;

}  // namespace meshai::cli::mcp
