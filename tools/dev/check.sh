# ./dev check: what must hold before a change is handed in. All parts run, so
# that one visit tells everything.

readonly CLANG_TIDY=clang-tidy-19

dev_check() {
    local scope=changed parts=(format house lint tests) failed=()
    while (($#)); do
        case $1 in
            --all) scope=all ;;
            --quick) parts=(format house) ;;
            *) die "check: unknown option $1; there are --all and --quick" ;;
        esac
        shift
    done
    ensure_installed
    source tools/dev/fmt.sh
    source tools/dev/test.sh

    local part
    for part in "${parts[@]}"; do
        "check_$part" "$scope" || failed+=("$part")
    done
    if ((${#failed[@]})); then die "check failed: ${failed[*]}"; fi
    note "check: ${parts[*]} are fine"
}

check_format() {
    format_is_right || {
        note "./dev fmt puts that right."
        return 1
    }
}

# The room graph and the rules of the house.
check_house() { "$SYSTEM_PYTHON" tools/tidy; }

check_lint() {
    local files
    mapfile -t files < <(lint_files "$1")
    ((${#files[@]})) || return 0
    # clang-tidy reads what the compiler precompiled.
    build release headers_of_rooms headers_of_tests || return 1
    step "clang-tidy (${#files[@]} files)" lint_each "${files[@]}"
}

lint_each() {
    printf '%s\0' "$@" | xargs -0 -P "$(nproc)" -n 1 "$CLANG_TIDY" -p build/release --quiet --warnings-as-errors='*'
}

# Sources that differ from where this branch left origin/main (or from the
# commit before, on main itself); a changed header stands for its source.
lint_files() {
    local base
    base=$(lint_base)
    if [[ $1 == all || -z $base ]]; then
        git ls-files -- 'src/*.cc'
    else
        { git diff --name-only "$base" -- src && git ls-files --others --exclude-standard -- src; } |
            sed -E 's/\.h$/.cc/' | grep '\.cc$' | sort -u
    fi | while IFS= read -r file; do
        if [[ -f $file ]]; then printf '%s\n' "$file"; fi
    done
}

lint_base() {
    local head base
    head=$(git rev-parse HEAD)
    base=$(git merge-base origin/main HEAD 2>/dev/null || true)
    if [[ -z $base || $base == "$head" ]]; then base=$(git rev-parse -q --verify 'HEAD~1' || true); fi
    printf '%s' "$base"
}

check_tests() (dev_test)
