// bench/model.h
//
// A chat completions server that answers at once: so many pieces in one
// stream, no thinking. What it costs to go through MeshAI is measured against
// going to it directly.
#pragma once

#include <cstddef>

namespace meshai::bench {

/// Serves on a free loopback port until its input ends; prints "ready http://…/v1".
/// `pieces` per answer, each written on its own when `is_batched` is false.
int serve_model(std::size_t pieces, bool is_batched);

}  // namespace meshai::bench
