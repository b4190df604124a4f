// The benchmark's two halves: `meshai_bench model PIECES [batched]` and
// `meshai_bench load URL KEY REQUESTS PARALLEL` with the body on standard input.

#include <cstdlib>
#include <iostream>
#include <iterator>
#include <string_view>

#include "bench/load.h"
#include "bench/model.h"

int main(int argc, char** argv) {
    using namespace meshai::bench;
    const std::string_view word = argc > 1 ? argv[1] : "";
    if (word == "model" && argc >= 3)
        return serve_model(std::strtoul(argv[2], nullptr, 10),
                           argc > 3 && std::string_view(argv[3]) == "batched");
    if (word == "load" && argc == 6) {
        Load load{.url = argv[2], .key = argv[3], .body = {}};
        load.requests = std::strtoul(argv[4], nullptr, 10);
        load.parallel = std::strtoul(argv[5], nullptr, 10);
        load.body.assign(std::istreambuf_iterator<char>(std::cin), {});
        return run_load(load);
    }
    std::cerr << "usage: meshai_bench model PIECES [batched] | load URL KEY REQUESTS PARALLEL < BODY\n";
    return 2;
}
