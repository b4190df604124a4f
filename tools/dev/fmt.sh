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

format_is_right() { cpp_files | xargs -0 -r "$CLANG_FORMAT" --dry-run -Werror; }
