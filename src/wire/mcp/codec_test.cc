#include "wire/mcp/codec.h"

#include <gtest/gtest.h>

#include "wire/mcp/samples_test.h"

namespace meshai::wire::mcp {
namespace {

constexpr Revision kAll[] = {Revision::R2024_11_05, Revision::R2025_03_26, Revision::R2025_06_18,
                             Revision::R2025_11_25, Revision::R2026_07_28};

std::string revisions_with(bool Features::* feature) {
    std::string names;
    for (const auto revision : kAll)
        if (codec_of(revision).features().*feature)
            names += (names.empty() ? "" : " ") + std::string(name_of(revision));
    return names;
}

struct FeatureCase {
    std::string_view name;
    bool Features::* feature;
    std::string_view revisions;
};

const FeatureCase kFeatures[] = {
    {"Batches", &Features::batches, "2025-03-26"},
    {"VersionHeader", &Features::version_header, "2025-06-18 2025-11-25 2026-07-28"},
    {"PrimingEvent", &Features::priming_event, "2025-11-25"},
    {"Elicitation", &Features::elicitation, "2025-06-18 2025-11-25 2026-07-28"},
    {"ElicitationByUrl", &Features::elicitation_url, "2025-11-25 2026-07-28"},
    {"CoreTasks", &Features::core_tasks, "2025-11-25"},
    {"TasksExtension", &Features::tasks_extension, "2026-07-28"},
    {"ProgressMessage", &Features::progress_message, "2025-03-26 2025-06-18 2025-11-25 2026-07-28"},
    {"InputErrorsAreResults", &Features::input_errors_are_results, "2025-11-25 2026-07-28"},
    {"ResourceNotFoundIsInvalidParams", &Features::resource_not_found_is_invalid_params, "2026-07-28"},
};

class AFeature : public testing::TestWithParam<FeatureCase> {};

TEST_P(AFeature, IsInTheseRevisions) {
    EXPECT_EQ(revisions_with(GetParam().feature), GetParam().revisions);
}

INSTANTIATE_TEST_SUITE_P(McpCodec, AFeature, testing::ValuesIn(kFeatures),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(McpCodec, EveryRevisionHasACodecThatKnowsItsName) {
    for (const auto revision : kAll) EXPECT_EQ(codec_of(revision).revision(), revision);
}

// F3: the order of members is part of an answer that clients may cache.
TEST(McpCodec, TheSameValueIsAlwaysWrittenAsTheSameBytes) {
    for (const auto revision : kAll)
        for (const auto& sample : samples())
            EXPECT_EQ(to_text(sample.written(codec_of(revision))),
                      to_text(sample.written(codec_of(revision))))
                << name_of(revision) << " " << sample.name;
}

// F13: "Maximum 100 items per response".
TEST(McpCodec, ACompletionOfMoreThanAHundredValuesIsCutAndSaysSo) {
    Completion many;
    for (int i = 0; i < 101; ++i) many.values.push_back(std::to_string(i));
    const auto written = codec_of(Revision::R2025_06_18).completion(many).at("completion").as_object();
    EXPECT_EQ(written.at("values").as_array().size(), kCompletionValuesMax);
    EXPECT_EQ(written.at("total"), 101);
    EXPECT_EQ(written.at("hasMore"), true);
}

// N7: a question back and a task keep their own type, and get serverInfo all the same.
TEST(McpCodec, AResultThatSaysItsTypeKeepsIt) {
    const auto& codec = codec_of(Revision::R2026_07_28);
    json::object question;
    question["requestState"] = "sealed";
    question["resultType"] = "input_required";
    const auto written = codec.complete(question, sample_server());
    EXPECT_EQ(written.at("resultType"), "input_required");
    EXPECT_EQ(written.at("requestState"), "sealed");
    EXPECT_TRUE(written.at("_meta").as_object().contains(kMetaServerInfo));

    const auto created =
        codec.complete(codec.task_created(sample_task(TaskStatus::Working)), sample_server());
    EXPECT_EQ(created.at("resultType"), "task");
    EXPECT_EQ(created.at("taskId"), "t_1");
}

// Our own members never replace one of MCP's.
TEST(McpCodec, AMemberOfOurOwnStandsBesideThoseOfTheProtocol) {
    ToolResult result;
    result.content = {Text{"done"}};
    result.extra["status"] = "completed";
    result.extra["content"] = "ours";
    const auto written = codec_of(Revision::R2025_11_25).tool_result(result);
    EXPECT_EQ(to_text(written), R"({"content":[{"type":"text","text":"done"}],"status":"completed"})");
}

TEST(McpCodec, ATaskThatOutlivedItsStoryIsStillWellFormed) {
    const auto& codec = codec_of(Revision::R2026_07_28);
    const auto completed = codec.task(sample_task(TaskStatus::Completed));
    EXPECT_EQ(to_text(completed.at("result")), R"({"resultType":"complete","content":[]})");
    const auto failed = codec.task(sample_task(TaskStatus::Failed));
    EXPECT_EQ(to_text(failed.at("error")),
              R"({"code":-32603,"message":"Step 1 of 2","data":{"code":"TASK_ERROR"}})");
}

// K2, K5: the same end of a task, in the words of both forms.
TEST(McpCodec, AFailedToolIsFailedInTheCoreAndCompletedInTheExtensionHoweverItWasNoted) {
    ToolResult failure;
    failure.is_error = true;
    for (const auto status : {TaskStatus::Completed, TaskStatus::Failed}) {
        auto task = sample_task(status);
        task.ending = failure;
        EXPECT_EQ(codec_of(Revision::R2025_11_25).task(task).at("status"), "failed");
        EXPECT_EQ(codec_of(Revision::R2026_07_28).task(task).at("status"), "completed");
    }
}

struct FaultCase {
    std::string_view name;
    jsonrpc::Fault fault;
    int sessions;   ///< its number in every revision with sessions
    int stateless;  ///< its number in 2026-07-28
};

json::object at_uri() {
    json::object details;
    details["uri"] = "test://x";
    return details;
}

// B6, B7, B8.
const FaultCase kFaults[] = {
    {"ResourceNotFoundByNumber", {kResourceNotFound, "Gone."}, -32002, -32602},
    {"ResourceNotFoundByCode", {1404, "Gone.", nullptr, Code::NotFound, at_uri()}, -32002, -32602},
    {"ResourceNotFoundAsTheNewestSaysIt", {-32602, "Gone.", 1, Code::NotFound, at_uri()}, -32002, -32602},
    {"AnotherThingNotFound", {1404, "No such task.", nullptr, Code::NotFound}, 1404, 1404},
    {"BadParams", {-32602, "Bad."}, -32602, -32602},
    {"UnknownMethod", {-32601, "Unknown."}, -32601, -32601},
    {"UrlRequired", {kUrlElicitationRequired, "Open it."}, -32042, -32603},
    {"HeaderMismatch", {kHeaderMismatch, "Differs."}, -32020, -32020},
    {"MissingCapability", {kMissingClientCapability, "Missing."}, -32021, -32021},
    {"UnsupportedVersion", {kUnsupportedVersion, "Unknown."}, -32022, -32022},
    {"ReservedWithoutMeaning", {-32099, "?"}, -32099, -32603},
};

class AFault : public testing::TestWithParam<FaultCase> {};

TEST_P(AFault, HasTheNumberOfItsRevision) {
    const auto& one = GetParam();
    for (const auto revision : kAll) {
        const auto written = codec_of(revision).fault(one.fault);
        const bool has_sessions = era_of(revision) == Era::Sessions;
        EXPECT_EQ(written.number, has_sessions ? one.sessions : one.stateless) << name_of(revision);
        EXPECT_EQ(written.message, one.fault.message);
        EXPECT_EQ(written.details, one.fault.details);
        EXPECT_EQ(written.id, one.fault.id);
    }
}

INSTANTIATE_TEST_SUITE_P(McpCodec, AFault, testing::ValuesIn(kFaults),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace meshai::wire::mcp
