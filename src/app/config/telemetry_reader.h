// app/config/telemetry_reader.h
//
// What [telemetry] takes from elsewhere: the variables that every program with
// OpenTelemetry knows, below all that is meant for this server alone, and the
// file with the secret header fields. Pure, like the reader whose parts they are.
#pragma once

#include "app/config/reader.h"

namespace meshai::app {

/// OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_SERVICE_NAME as defaults. Before anything else is read.
void read_standard_variables(const Source& source, Reading& reading);

/// The file that telemetry.otlp_headers_file names. After everything else.
void read_otlp_headers(const Source& source, Reading& reading);

inline constexpr std::size_t kOtlpHeadersMax = 32;
inline constexpr std::size_t kOtlpHeaderBytesMax = 8U << 10U;

}  // namespace meshai::app
