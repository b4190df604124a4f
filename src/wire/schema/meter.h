// wire/schema/meter.h
//
// Counts the work of one check and ends it when it becomes too much. Schemas
// can be written so that a check never ends or takes exponential time ($ref
// circles, nested anyOf, nested quantifiers in a pattern), and no look at the
// schema alone can tell; so the work itself is counted where it is done.
//
// One unit is about what one step costs: the lookup of a member, the comparison
// of a value. One thread.
#pragma once

#include <cstdint>
#include <exception>

namespace meshai::wire::schema {

/// Work that one check may take: well under a second.
inline constexpr std::uint64_t kCheckWorkMax = 10'000'000;

/// Schemas that may be applied within each other. The validator recurses, so this bounds its stack
/// (measured: under 512 KiB without optimisation, under 1 MiB with the address sanitizer).
inline constexpr std::size_t kCheckNestingMax = 640;

/// Thrown through the third-party validator, which has no other way to be
/// stopped, and caught at the border of the engine.
struct TooMuchWork : std::exception {
    const char* what() const noexcept override { return "the check takes too much work"; }
};

class Meter {
  public:
    /// What is not charged where it is done: work at most of handing a value to one keyword, of applying all
    /// keywords of one schema to it, and of gathering which members of it were evaluated.
    struct Costs {
        std::uint64_t step = 1;
        std::uint64_t visit = 1;
        std::uint64_t gathering = 1;
    };

    explicit Meter(Costs costs, std::uint64_t work_max = kCheckWorkMax) : costs_(costs), left_(work_max) {}

    void charge(std::uint64_t work) {
        if (work > left_) {
            left_ = 0;
            throw TooMuchWork();
        }
        left_ -= work;
    }
    void step(std::size_t nesting) {
        if (nesting > kCheckNestingMax) throw TooMuchWork();
        charge(costs_.step);
    }
    void visit(bool gathers) { charge(costs_.visit + (gathers ? costs_.gathering : 0)); }

  private:
    const Costs costs_;
    std::uint64_t left_;
};

}  // namespace meshai::wire::schema
