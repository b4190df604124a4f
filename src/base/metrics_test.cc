#include "base/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/result.h"

namespace meshai {
namespace {

using testing::HasSubstr;

TEST(Metrics, WhatWasCountedStandsInTheText) {
    Metrics metrics;
    metrics.counter("meshai_tasks_total", "Tasks that ended", {{"outcome", "completed"}}).add();
    metrics.counter("meshai_tasks_total", "Tasks that ended", {{"outcome", "completed"}}).add(2);
    metrics.gauge("meshai_tasks_running", "Tasks that run now").set(4);
    metrics.histogram("meshai_task_duration_seconds", "Time of a task", {1, 10}).observe(3);

    const auto text = metrics.text();
    EXPECT_THAT(text, HasSubstr("# HELP meshai_tasks_total Tasks that ended"));
    EXPECT_THAT(text, HasSubstr("meshai_tasks_total{outcome=\"completed\"} 3"));
    EXPECT_THAT(text, HasSubstr("meshai_tasks_running 4"));
    EXPECT_THAT(text, HasSubstr("meshai_task_duration_seconds_bucket{le=\"10\"} 1"));
}

TEST(Code, EveryCodeHasANameOfItsOwnAndComesBackByIt) {
    for (int i = 0; i <= static_cast<int>(Code::Internal); ++i) {
        const auto code = static_cast<Code>(i);
        EXPECT_EQ(code_of(code_name(code)), code) << code_name(code);
    }
    EXPECT_EQ(code_of("WHAT_IS_THIS"), Code::Internal);
}

}  // namespace
}  // namespace meshai
