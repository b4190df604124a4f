#include "agents/adapter.h"

#include "agents/command/adapter.h"
#include "agents/http/adapter.h"
#include "agents/mesh/adapter.h"
#include "agents/openai/adapter.h"

namespace meshai::agents {

Result<std::unique_ptr<Adapter>> make_adapter(const Spec& spec, Tools tools) {
    if (auto fit = check(spec); !fit) return Error{Code::Configuration, fit.error().message};
    switch (spec.kind) {
        case Kind::OpenAi:
            return openai::make_adapter(spec, tools);
        case Kind::Http:
            return http::make_adapter(spec, tools);
        case Kind::Mesh:
            return mesh::make_adapter(spec, tools);
        case Kind::Command:
            return command::make_adapter(spec, tools);
    }
    return Error{Code::Configuration, "kind: not one that this server knows."};
}

}  // namespace meshai::agents
