# ./dev test: builds one preset whole and runs every test of it. The C++ tests
# run under ctest; what needs a real client, a real process or the real model
# runs under pytest. The last line sums both: "N passed, N failed".

readonly TESTS_AT_A_TIME=2

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
    ensure_installed
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
    local preset=$1 filter=$2 reports=build/log/$1-reports ctest_status=0 pytest_status=0
    rm -rf "$reports"
    mkdir -p "$reports"
    set_sanitizer_options
    export MESHAI_BINARY=$MESHAI_ROOT/build/$preset/meshai
    MESHAI_NODE=${MESHAI_NODE:-$(command -v node || true)}
    export MESHAI_NODE

    step "tests in C++ ($preset)" ctest --test-dir "build/$preset" -j "$TESTS_AT_A_TIME" --output-on-failure \
        --no-tests=ignore --output-junit "$MESHAI_ROOT/$reports/ctest.xml" ${filter:+-R "$filter"} || ctest_status=$?
    run_pytest "$preset" "$filter" "$reports" || pytest_status=$?
    # pytest says 5 when nothing matched; the sum below judges that.
    ((pytest_status == 5)) && pytest_status=0
    "$SYSTEM_PYTHON" tools/dev/sum_tests.py --status "$ctest_status" --status "$pytest_status" "$reports"/*.xml
}

# Sanitizer builds run the tests that are marked for them; the others prove
# things that a sanitizer cannot see (samples, installers, the tools).
run_pytest() {
    local preset=$1 filter=$2 reports=$3 marked=()
    [[ $preset == release ]] || marked=(-m sanitized)
    pytest_with_progress "$preset" "${marked[@]}" ${filter:+-k "$filter"} \
        --junit-xml "$reports/pytest.xml" tools tests
}

pytest_with_progress() {
    local preset=$1 log status=0
    shift
    log=build/log/pytest-$preset.log
    "$MESHAI_PYTHON_DIR/bin/python" -m pytest -v -p no:cacheprovider "$@" </dev/null 2>&1 |
        step_progress "tests in Python ($preset)" "$log"
    status=${PIPESTATUS[0]}
    # 0 all passed, 1 some failed (the sum tells which), 5 none matched.
    if ((status > 1 && status != 5)); then tail -n "$STEP_TAIL_LINES" "$log" >&2; fi
    return "$status"
}

set_sanitizer_options() {
    local symbolizer
    symbolizer=$(command -v llvm-symbolizer-19 || true)
    export ASAN_OPTIONS=abort_on_error=1:detect_stack_use_after_return=1${symbolizer:+:external_symbolizer_path=$symbolizer}
    export UBSAN_OPTIONS=print_stacktrace=1${symbolizer:+:external_symbolizer_path=$symbolizer}
    export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1${symbolizer:+:external_symbolizer_path=$symbolizer}
}
