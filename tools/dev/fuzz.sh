# ./dev fuzz: each tests/fuzz/NAME.cc is a libFuzzer target, built with address
# and undefined behaviour sanitizers. What it learns stays in build/fuzz/corpus/NAME;
# an input that breaks something is left in build/fuzz/found/NAME.

readonly FUZZ_SECONDS=60
readonly FUZZ_INPUT_BYTES_MAX=65536
readonly FUZZ_INPUT_SECONDS_MAX=10

dev_fuzz() {
    local names=() seconds=$FUZZ_SECONDS argument
    for argument in "$@"; do
        if [[ $argument =~ ^[0-9]+$ ]]; then seconds=$argument; else names+=("$argument"); fi
    done
    ((${#names[@]})) || mapfile -t names < <(fuzz_targets)
    ((${#names[@]})) || die "There are no fuzz targets: no tests/fuzz/*.cc."

    ensure_installed
    source tools/dev/test.sh
    set_sanitizer_options
    local name failed=()
    for name in "${names[@]}"; do
        [[ -f tests/fuzz/$name.cc ]] || die "There is no fuzz target '$name'; there are: $(fuzz_targets | tr '\n' ' ')"
    done
    build fuzz "${names[@]/#/fuzz_}" || exit 1
    for name in "${names[@]}"; do
        fuzz_one "$name" "$seconds" || failed+=("$name")
    done
    if ((${#failed[@]})); then die "found something: ${failed[*]}; the inputs are in build/fuzz/found/"; fi
    note "fuzz: ${#names[@]} targets, $seconds s each, nothing found"
}

fuzz_targets() {
    local file
    for file in tests/fuzz/*.cc; do
        if [[ -f $file ]]; then basename "$file" .cc; fi
    done
}

fuzz_one() {
    local name=$1 seconds=$2 corpus=build/fuzz/corpus/$1 found=build/fuzz/found/$1/ seeds=()
    mkdir -p "$corpus" "$found"
    [[ -d tests/fuzz/seeds/$name ]] && seeds=("tests/fuzz/seeds/$name")
    step "fuzz $name for $seconds s" "build/fuzz/bin/fuzz_$name" -max_total_time="$seconds" -timeout="$FUZZ_INPUT_SECONDS_MAX" \
        -max_len="$FUZZ_INPUT_BYTES_MAX" -artifact_prefix="$found" -print_final_stats=1 "$corpus" "${seeds[@]}"
}
