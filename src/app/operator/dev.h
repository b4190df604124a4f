// app/operator/dev.h
//
// `meshai dev`: a server to try things with. On loopback, in memory, with a
// key that is made and shown, and with the model that is there already.
#pragma once

#include <string>

#include "app/operator/model_server.h"
#include "base/result.h"

namespace meshai::app {

inline constexpr int kDevPort = 8080;

struct DevOptions {
    std::string database;  ///< empty: nothing is kept
    int port = -1;         ///< -1: kDevPort, or a free one if that is taken
};

/// Serves until it is told to end; gives the exit code.
Result<int> dev(const DevOptions& options);

/// The words on the screen once it is ready: at most twelve lines. Pure.
std::string dev_words(const std::string& url, const std::string& key, const std::string& database,
                      const std::optional<FoundModel>& model);

}  // namespace meshai::app
