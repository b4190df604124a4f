# How ./dev speaks. Notes go to stderr, so that stdout carries results only.
# A step is a long command: its output goes to build/log, a person sees one
# line that moves (or, without a terminal, a line now and then), and all that
# matters of the output when it fails.

readonly STEP_SILENT_SECONDS=2   # a step shorter than this says nothing
readonly STEP_REPORT_SECONDS=20  # without a terminal: one line this often
readonly STEP_TAIL_LINES=80      # shown of a failed step

note() { printf '%s\n' "$*" >&2; }

die() {
    note "dev: $*"
    exit 1
}

# step LABEL COMMAND...: runs the command without stdin; false if it failed.
step() {
    local label=$1 log status started=$SECONDS
    shift
    log=build/log/$(tr -cs 'a-z0-9\n' '-' <<<"${label,,}").log
    mkdir -p build/log
    set +e
    "$@" </dev/null 2>&1 | step_progress "$label" "$log"
    status=${PIPESTATUS[0]}
    set -e
    local took=$((SECONDS - started))
    if ((status != 0)); then
        note "$label failed after $took s; the end of $log:"
        # Ninja's and cmake's lines of progress only hide the error.
        grep -vE '^(\[[0-9]+/[0-9]+\] (Building|Linking|Generating|Re-)|-- )' "$log" | tail -n "$STEP_TAIL_LINES" >&2
        return 1
    fi
    if ((took >= STEP_SILENT_SECONDS)); then note "$label: $took s"; fi
}

# Copies stdin to the log and shows where it is.
step_progress() {
    local label=$1 log=$2 line='' partial='' last='' read_status
    local started=$SECONDS reported=$SECONDS terminal=no
    [[ -t 2 ]] && terminal=yes
    : >"$log"
    while :; do
        read_status=0
        IFS= read -r -t 1 line || read_status=$?
        if ((read_status == 0)); then
            last=$partial$line
            partial=''
            printf '%s\n' "$last" >>"$log"
        elif ((read_status > 128)); then
            partial+=$line
        else
            [[ -n $partial$line ]] && printf '%s\n' "$partial$line" >>"$log"
            break
        fi
        if [[ $terminal == yes ]]; then
            ((SECONDS - started >= 1)) && printf '\r\033[K%.*s' "$((${COLUMNS:-100} - 1))" "$label: ${last//[$'\r\e']/}" >&2
        elif ((SECONDS - reported >= STEP_REPORT_SECONDS)); then
            note "$label: ${last:0:110}"
            reported=$SECONDS
        fi
    done
    if [[ $terminal == yes ]]; then printf '\r\033[K' >&2; fi
    return 0
}
