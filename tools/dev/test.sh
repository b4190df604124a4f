# ./dev test: builds one preset whole and runs every test of it. The C++ tests
# run under ctest; what needs a real client, a real process or the real model
# runs under pytest. The last line sums both: "N passed, N failed".

readonly TESTS_AT_A_TIME=2
readonly TEST_MEMORY_MB_MAX=6144  # of one test in C++
readonly SANITIZER_PATIENCE=4  # how much longer a test waits for a slower server

dev_test() {
    local preset=release filter=''
    while (($#)); do
        case $1 in
            --asan | --tsan) preset=${1#--} ;;
            -*) die "test: unknown option $1; there are --asan and --tsan" ;;
            *) filter=$1 ;;
        esac
        shift
    done
    ensure_installed "${TEST_PIECES[@]}"
    build "$preset" || fail_tests "the build of '$preset' failed"
    run_tests "$preset" "$filter"
}

# A run that never came to its tests is a failed one, and says so in the same words.
fail_tests() {
    note "dev: $1"
    echo "0 passed, 1 failed"
    exit 1
}

run_tests() {
    local preset=$1 filter=$2 reports=build/log/$1-reports ctest_status=0 pytest_status=0 tools_status=0 suite_status=0
    rm -rf "$reports"
    mkdir -p "$reports"
    set_sanitizer_options
    export MESHAI_BINARY=$MESHAI_ROOT/build/$preset/meshai
    MESHAI_NODE=${MESHAI_NODE:-$(command -v node || true)}
    export MESHAI_NODE

    step "tests in C++ ($preset)" with_memory_bound "$preset" ctest --test-dir "build/$preset" -j "$TESTS_AT_A_TIME" --output-on-failure \
        --no-tests=ignore --output-junit "$MESHAI_ROOT/$reports/ctest.xml" ${filter:+-R "$filter"} || ctest_status=$?
    # Sanitizer builds run what runs the server; the tools have no sanitizer build,
    # and the conformance suite gives a server little time.
    [[ $preset == release ]] || export MESHAI_TEST_PATIENCE=${MESHAI_TEST_PATIENCE:-$SANITIZER_PATIENCE}
    run_pytest clients tests/clients "$preset" "$filter" "$reports" || pytest_status=$?
    if [[ $preset == release ]]; then
        run_pytest tools tools "$preset" "$filter" "$reports" || tools_status=$?
        run_pytest conformance tests/conformance "$preset" "$filter" "$reports" || suite_status=$?
    fi
    "$SYSTEM_PYTHON" tools/dev/sum_tests.py --status "$ctest_status" --status "$pytest_status" --status "$tools_status" \
        --status "$suite_status" "$reports"/*.xml
}

# A test that runs away with the memory takes the whole machine along; it shall
# fail alone. The sanitizers reserve address space without end and bound
# themselves (set_sanitizer_options).
with_memory_bound() (
    [[ $1 != release ]] || ulimit -v $((TEST_MEMORY_MB_MAX * 1024))
    shift
    exec "$@"
)

# run_pytest NAME FOLDER PRESET FILTER REPORTS
run_pytest() {
    local name=$1 folder=$2 log=build/log/pytest-$1-$3.log status=0 without=()
    [[ -f $folder/pytest.ini ]] || return 0  # each folder with tests has one
    # Client libraries start slowly and say nothing that test_mcp_eras.py does not say as well.
    [[ $3 == release ]] || without=(--ignore "$folder/test_sdk_clients.py")
    set +e
    "$MESHAI_PYTHON_DIR/bin/python" -m pytest -v -c "$folder/pytest.ini" ${4:+-k "$4"} --junit-xml "$5/$name.xml" "${without[@]}" "$folder" \
        </dev/null 2>&1 | step_progress "tests in Python ($name, $3)" "$log"
    status=${PIPESTATUS[0]}
    set -e
    # 0 all passed; 1 some failed, and the sum says which; 5 none matched, and the sum judges that.
    ((status == 5)) && status=0
    if ((status > 1)); then tail -n "$STEP_TAIL_LINES" "$log" >&2; fi
    return "$status"
}

set_sanitizer_options() {
    local symbolizer
    symbolizer=$(command -v llvm-symbolizer-19 || true)
    symbolizer=${symbolizer:+:external_symbolizer_path=$symbolizer}
    export ASAN_OPTIONS=abort_on_error=1:detect_stack_use_after_return=1:hard_rss_limit_mb=$TEST_MEMORY_MB_MAX$symbolizer
    export UBSAN_OPTIONS=print_stacktrace=1$symbolizer
    export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1:hard_rss_limit_mb=$TEST_MEMORY_MB_MAX$symbolizer
}
