#include "cli/exit_code.h"

namespace meshai::cli {

ExitCode exit_code_of(Code code) {
    switch (code) {
        case Code::InvalidArgument:
        case Code::Configuration:
        case Code::Conflict:
        case Code::AlreadyFinished:
        case Code::TooLarge:
            return kUsage;
        case Code::Unauthenticated:
        case Code::PermissionDenied:
            return kDenied;
        case Code::NotFound:
        case Code::AgentNotFound:
        case Code::Gone:
            return kNotFound;
        case Code::Cancelled:
            return kCancelled;
        default:
            return kFailed;
    }
}

}  // namespace meshai::cli
