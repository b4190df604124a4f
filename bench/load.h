// bench/load.h
//
// A load of many streams: so many clients at once, each posting its request and
// reading the stream to its [DONE], until all requests are made. Counts events
// and measures each stream; prints one line of JSON.
#pragma once

#include <cstddef>
#include <string>

namespace meshai::bench {

struct Load {
    std::string url;
    std::string key;  ///< sent as Bearer; may be empty
    std::string body;
    std::size_t requests = 100;
    std::size_t parallel = 10;
};

int run_load(const Load& load);

}  // namespace meshai::bench
