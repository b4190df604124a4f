// agents/command/adapter.h
//
// A local program as an agent, from the operator's file only. It is started
// without a shell, gets the task as one line of JSON on its standard input
// (and the input's text wherever its argv says {input}), and answers on its
// standard output: plain text, or the guide's event objects, one a line. Exit
// code 0 is success; see README.md here for the whole contract.
#pragma once

#include <memory>

#include "agents/adapter.h"

namespace meshai::agents::command {

/// Configuration when command agents are not offered here.
Result<std::unique_ptr<Adapter>> make_adapter(Spec spec, Tools tools);

/// One argument that holds a task's input: the kernel's own bound is 128 KiB with the NUL.
inline constexpr std::size_t kArgumentBytesMax = (128U << 10U) - 1;

/// A program that has given its result may still tidy up for so long.
inline constexpr Duration kExitAfterResult = std::chrono::seconds(5);

/// The argv with {input} replaced. TooLarge, or InvalidArgument for a NUL byte. Pure.
Result<std::vector<std::string>> filled_argv(const std::vector<std::string>& argv, const std::string& input);

}  // namespace meshai::agents::command
