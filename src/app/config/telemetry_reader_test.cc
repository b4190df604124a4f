#include "app/config/telemetry_reader.h"

#include <gtest/gtest.h>

#include <map>

namespace meshai::app {
namespace {

class TelemetryConfig : public testing::Test {
  protected:
    Reading read(std::string text) {
        Source source{std::move(text), "/etc/mesh"};
        source.variable = [this](const std::string& name) -> std::optional<std::string> {
            const auto found = variables.find(name);
            if (found == variables.end()) return std::nullopt;
            return found->second;
        };
        source.read_file = [this](const std::string& path) -> Result<std::string> {
            const auto found = files.find(path);
            if (found == files.end()) return Error{Code::Configuration, path + " cannot be read"};
            return found->second;
        };
        return read_config(source);
    }
    std::string complaints(std::string text) {
        return describe(read(std::move(text)).problems, "meshai.toml");
    }
    std::string with_headers(std::string file) {
        files["/etc/mesh/otlp.headers"] = std::move(file);
        return complaints("[telemetry]\notlp_headers_file = \"otlp.headers\"\n");
    }

    std::map<std::string, std::string> variables;
    std::map<std::string, std::string> files;
};

TEST_F(TelemetryConfig, IsOffByDefault) {
    const auto reading = read("");
    EXPECT_EQ(reading.config.telemetry.otlp_endpoint, "");
    EXPECT_EQ(reading.config.telemetry.service_name, "meshai");
}

TEST_F(TelemetryConfig, IsRead) {
    files["/etc/mesh/otlp.headers"] = "# of the backend\n\nAuthorization:  Basic eA==\r\nX-Scope-OrgID: 7\n";
    const auto reading = read(R"(
[telemetry]
otlp_endpoint = "https://otlp.example.com"
otlp_headers_file = "otlp.headers"
service_name = "mesh-eu"
sample_percent = 25
timeout = "3s"
queued_tasks = 10
)");
    EXPECT_EQ(describe(reading.problems, "meshai.toml"), "");
    const auto& telemetry = reading.config.telemetry;
    EXPECT_EQ(telemetry.otlp_endpoint, "https://otlp.example.com");
    EXPECT_EQ(telemetry.service_name, "mesh-eu");
    EXPECT_EQ(telemetry.sample_percent, 25);
    EXPECT_EQ(telemetry.timeout, Millis(3'000));
    EXPECT_EQ(telemetry.queued_tasks, 10);
    EXPECT_EQ(telemetry.headers.get("Authorization"), "Basic eA==");
    EXPECT_EQ(telemetry.headers.get("X-Scope-OrgID"), "7");
}

TEST_F(TelemetryConfig, TakesTheStandardVariablesWhereNothingElseIsSaid) {
    variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://collector:4318";
    variables["OTEL_SERVICE_NAME"] = "mesh";
    const auto alone = read("").config.telemetry;
    EXPECT_EQ(alone.otlp_endpoint, "http://collector:4318");
    EXPECT_EQ(alone.service_name, "mesh");

    EXPECT_EQ(read("[telemetry]\notlp_endpoint = \"http://other:4318\"\n").config.telemetry.otlp_endpoint,
              "http://other:4318");
    EXPECT_EQ(read("[telemetry]\notlp_endpoint = \"\"\n").config.telemetry.otlp_endpoint, "");
    variables["MESHAI_TELEMETRY_SERVICE_NAME"] = "mesh-eu";
    EXPECT_EQ(read("").config.telemetry.service_name, "mesh-eu");
}

TEST_F(TelemetryConfig, AStandardVariableThatIsWrongIsTold) {
    variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = "collector:4317";
    EXPECT_EQ(complaints(""),
              "OTEL_EXPORTER_OTLP_ENDPOINT: \"collector:4317\" has no known scheme; use http:// or https://");
}

TEST_F(TelemetryConfig, AFileOfHeadersThatIsWrongIsToldWithoutItsSecrets) {
    EXPECT_EQ(complaints("[telemetry]\notlp_headers_file = \"gone\"\n"),
              "telemetry.otlp_headers_file: /etc/mesh/gone cannot be read");
    EXPECT_EQ(with_headers("Authorization s3cret\n"),
              "telemetry.otlp_headers_file: line 1 is not \"Name: value\"");
    EXPECT_EQ(with_headers("\nno name: s3cret\n"),
              "telemetry.otlp_headers_file: line 2 does not begin with the name of a header field");
    EXPECT_EQ(with_headers("Host: s3cret\n"),
              "telemetry.otlp_headers_file: line 1 names Host, which the server sets itself");
    for (const std::string bad : {"X:", "X: \x01s3cret", "X: s3cret\xff"})
        EXPECT_EQ(with_headers(bad),
                  "telemetry.otlp_headers_file: line 1 has no value of 1 to 8192 visible characters");
    std::string many;
    for (std::size_t i = 0; i <= kOtlpHeadersMax; ++i) many += "X-" + std::to_string(i) + ": s3cret\n";
    EXPECT_EQ(with_headers(many), "telemetry.otlp_headers_file: line 33 is one too many; the most is 32");
}

}  // namespace
}  // namespace meshai::app
