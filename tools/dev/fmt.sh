# ./dev fmt, and the list of C++ files that formatting and linting look at.

readonly CLANG_FORMAT=clang-format-19

dev_fmt() {
    ensure_installed
    cpp_files | xargs -0 -r "$CLANG_FORMAT" -i
}

# Every C++ file that is tracked or new and not ignored, separated by NUL.
cpp_files() {
    git ls-files -z --cached --others --exclude-standard --deduplicate -- \
        '*.cc' '*.h' | while IFS= read -r -d '' file; do
        [[ -f $file ]] && printf '%s\0' "$file"
    done
}

# Names each line that is formatted otherwise, once.
format_is_right() {
    local said
    said=$(cpp_files | xargs -0 -r "$CLANG_FORMAT" --dry-run -Werror 2>&1) && return 0
    grep -oE '^[^ :]+:[0-9]+' <<<"$said" | uniq | sed 's/$/: is formatted otherwise/' >&2
    return 1
}
