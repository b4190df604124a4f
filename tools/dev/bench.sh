# ./dev bench: builds the release and measures it: the way of a task through the
# server (bench/run), and MCP beside the official Rust SDK (bench/mcp/run).

dev_bench() {
    case ${1:-} in
        mcp) shift; bench_mcp "$@" ;;
        stream) shift; bench_stream "$@" ;;
        '') bench_stream && bench_mcp ;;
        *) bench_stream "$@" ;;
    esac
}

bench_stream() {
    ensure_installed
    build release meshai meshai_bench store_bench || exit 1
    MESHAI_BINARY=$MESHAI_ROOT/build/release/meshai bench/run "$@"
}

bench_mcp() {
    source bench/peers/build.sh
    ensure_installed rust rmcp
    build release mcp-fixture mcp_bench || exit 1
    MESHAI_FIXTURE=$MESHAI_ROOT/build/release/mcp-fixture bench/mcp/run "$@"
}
