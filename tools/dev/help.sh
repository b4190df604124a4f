# ./dev help: what ./dev can do, on one screen.

dev_help() {
    cat <<'TEXT'
./dev demo [--once]                  server, local model, one task streamed live; then keeps serving
./dev test [--asan|--tsan] [FILTER]  builds and runs every test (or those whose name matches FILTER)
./dev build [PRESET] [TARGET...]     build/release/meshai (or a target of dev, asan, tsan, fuzz)
./dev run [ARGS...]                  builds, then runs meshai with ARGS
./dev check [--all|--quick]          formatting, room graph, clang-tidy on changed files, tests
                                     (--all: clang-tidy on every file; --quick: no clang-tidy, no tests)
./dev fmt                            formats the C++ files
./dev bench [stream|mcp] [ARGS...]   builds the release and measures it: tasks that stream, MCP beside an SDK
./dev fuzz [TARGET] [SECONDS]        fuzzes one target or each in turn (60 seconds each)

Every word first installs what is missing (Debian 12, root or sudo, package registries only);
once that is done, all of it works offline. Logs of the long steps: build/log/.
Environment: MESHAI_CACHE (default ~/.cache/meshai) keeps what was downloaded.
TEXT
}
