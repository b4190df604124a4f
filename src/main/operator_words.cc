#include "main/operator_words.h"

#include <fmt/format.h>

#include <memory>

#include "app/operator/database.h"
#include "app/operator/dev.h"
#include "app/operator/keys.h"
#include "app/operator/running.h"
#include "cli/output.h"
#include "main/config_options.h"

namespace meshai {
namespace {

using cli::Chosen;
using cli::Form;

/// Runs `use` with the configuration, or says what is wrong with it.
int with_config(const ConfigOptions& options, const std::function<int(const app::Config&)>& use) {
    auto config = options.load();
    return config ? use(*config) : cli::complain(config.error());
}

void print_object(const json::object& object, Form form) {
    if (form == Form::Json)
        cli::print_json(object);
    else
        cli::print(cli::members_text(object));
}

void add_serve(CLI::App& app, Chosen& chosen) {
    struct Options {
        ConfigOptions config;
        std::string listen;
        std::string database;
    };
    auto options = std::make_shared<Options>();
    auto* serve = app.add_subcommand("serve", "Run the server until SIGTERM or ^C");
    options->config.add_to(*serve);
    serve->add_option("--listen", options->listen, "Address and port; port 0 picks a free one")
        ->type_name("HOST:PORT");
    serve->add_option("--db", options->database, "The store's file, or :memory:")->type_name("FILE");
    serve->callback([options, &chosen] {
        chosen = [options] {
            std::vector<app::Setting> flags;
            if (!options->listen.empty()) flags.push_back({"server.listen", options->listen, "--listen"});
            if (!options->database.empty()) flags.push_back({"store.path", options->database, "--db"});
            auto config = options->config.load(std::move(flags));
            return config ? app::serve(*config) : cli::complain(config.error());
        };
    });
}

void add_dev(CLI::App& app, Chosen& chosen) {
    auto options = std::make_shared<app::DevOptions>();
    auto* dev = app.add_subcommand("dev", "Try it: a server on loopback, in memory, with a key made for you");
    dev->add_option("--db", options->database, "Keep the data in this file")->type_name("FILE");
    dev->add_option("-p,--port", options->port, "Port (default 8080, or a free one if that is taken)")
        ->check(CLI::Range(0, 65535));
    dev->callback([options, &chosen] {
        chosen = [options] {
            const auto ended = app::dev(*options);
            return ended ? *ended : cli::complain(ended.error());
        };
    });
}

void add_config(CLI::App& app, Chosen& chosen) {
    auto options = std::make_shared<ConfigOptions>();
    auto* config = app.add_subcommand("config", "The configuration file");
    config->require_subcommand(1);
    auto* check = config->add_subcommand("check", "Say everything that is wrong with it");
    options->add_to(*check);
    check->add_option("file", options->file, "The same as --config")->type_name("FILE");
    check->callback([options, &chosen] {
        chosen = [options] {
            return with_config(*options, [&](const app::Config& good) {
                cli::print(fmt::format("{} is fine: {} agent{}, listens on {}\n",
                                       options->file.empty() ? "The configuration" : options->file,
                                       good.agents.size(), good.agents.size() == 1 ? "" : "s",
                                       good.server.listen));
                return cli::kOk;
            });
        };
    });
}

void add_key_create(CLI::App& key, Chosen& chosen) {
    struct Options {
        ConfigOptions config;
        app::KeyWish wish;
        Form form = Form::Table;
    };
    auto options = std::make_shared<Options>();
    auto& wish = options->wish;
    auto* create = key.add_subcommand("create", "Make an API key; it is shown this once");
    options->config.add_to(*create);
    create->add_option("--tenant", wish.tenant, "Whose tasks and agents it sees")->required();
    create->add_option("--name", wish.name, "What it is for")->required();
    create->add_option("--subject", wish.subject, "Who acts with it (default: the name)");
    create->add_option("--scopes", wish.scopes, "mcp:read, mcp:execute, mcp:manage (default: all)");
    create->add_option("--expires", wish.expires, "90d, 12h, or a day as 2027-01-31 (default: never)");
    create->add_flag("--test", wish.is_test, "A key that says msk_test_");
    cli::add_form(*create, options->form);
    create->callback([options, &chosen] {
        chosen = [options] {
            return with_config(options->config, [&](const app::Config& config) {
                const auto made = app::create_key(config, options->wish);
                if (!made) return cli::complain(made.error());
                print_object(*made, options->form);
                return static_cast<int>(cli::kOk);
            });
        };
    });
}

void add_key_list(CLI::App& key, Chosen& chosen) {
    struct Options {
        ConfigOptions config;
        Form form = Form::Table;
    };
    auto options = std::make_shared<Options>();
    auto* list = key.add_subcommand("ls", "List the keys, revoked ones too")->alias("list");
    options->config.add_to(*list);
    cli::add_form(*list, options->form);
    list->callback([options, &chosen] {
        chosen = [options] {
            return with_config(options->config, [&](const app::Config& config) {
                const auto keys = app::list_keys(config);
                if (!keys) return cli::complain(keys.error());
                if (options->form == Form::Json)
                    cli::print_json(*keys);
                else
                    cli::print(cli::table_text(*keys, {{"id", "ID"},
                                                       {"tenant", "TENANT"},
                                                       {"name", "NAME"},
                                                       {"subject", "SUBJECT"},
                                                       {"scopes", "SCOPES"},
                                                       {"prefix", "KEY"},
                                                       {"state", "STATE"},
                                                       {"created_at", "CREATED"},
                                                       {"expires_at", "EXPIRES"}}));
                return static_cast<int>(cli::kOk);
            });
        };
    });
}

void add_key_revoke(CLI::App& key, Chosen& chosen) {
    struct Options {
        ConfigOptions config;
        std::string id;
    };
    auto options = std::make_shared<Options>();
    auto* revoke = key.add_subcommand("revoke", "End a key; a running server notices within seconds");
    options->config.add_to(*revoke);
    revoke->add_option("id", options->id, "The key's id, k_…")->required();
    revoke->callback([options, &chosen] {
        chosen = [options] {
            return with_config(options->config, [&](const app::Config& config) {
                const auto revoked = app::revoke_key(config, options->id);
                if (!revoked) return cli::complain(revoked.error());
                cli::print(options->id + " is revoked\n");
                return static_cast<int>(cli::kOk);
            });
        };
    });
}

void add_database(CLI::App& app, Chosen& chosen) {
    struct Options {
        ConfigOptions config;
        std::string to;
        Form form = Form::Table;
    };
    auto options = std::make_shared<Options>();
    auto* database = app.add_subcommand("db", "The store's file");
    database->require_subcommand(1);
    auto* check = database->add_subcommand("check", "Read all of it and say whether it is whole");
    auto* backup =
        database->add_subcommand("backup", "Copy it as it is at one moment, with the server running or not");
    for (auto* command : {check, backup}) {
        options->config.add_to(*command);
        cli::add_form(*command, options->form);
    }
    backup->add_option("to,--to", options->to, "The new file")->required()->type_name("FILE");
    check->callback([options, &chosen] {
        chosen = [options] {
            return with_config(options->config, [&](const app::Config& config) {
                const auto report = app::check_database(config);
                if (!report) return cli::complain(report.error());
                print_object(*report, options->form);
                return static_cast<int>(report->at("ok").as_bool() ? cli::kOk : cli::kFailed);
            });
        };
    });
    backup->callback([options, &chosen] {
        chosen = [options] {
            return with_config(options->config, [&](const app::Config& config) {
                const auto copied = app::back_up_database(config, options->to);
                if (!copied) return cli::complain(copied.error());
                print_object(*copied, options->form);
                return static_cast<int>(cli::kOk);
            });
        };
    });
}

}  // namespace

void add_operator_words(CLI::App& app, Chosen& chosen) {
    add_serve(app, chosen);
    add_dev(app, chosen);
    add_config(app, chosen);
    auto* key = app.add_subcommand("key", "API keys, in the store itself");
    key->require_subcommand(1);
    add_key_create(*key, chosen);
    add_key_list(*key, chosen);
    add_key_revoke(*key, chosen);
    add_database(app, chosen);
    app.add_subcommand("version", "Print the version")->callback([&chosen] {
        chosen = [] {
            cli::print("meshai " MESHAI_VERSION "\n");
            return static_cast<int>(cli::kOk);
        };
    });
}

}  // namespace meshai
