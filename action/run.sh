#!/usr/bin/env bash
# Runs one command for the GitHub Action or a GitLab job, keeps its reports, and tells the pull request or the issue.
#
# Exits with the program's own code, but for `plan`, where pending changes are no failure.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
program=${SEATWRIGHT:-seatwright}
path=${SEATWRIGHT_PATH:-.}
reports=${SEATWRIGHT_REPORT_DIR:-seatwright-report}
mkdir -p "$reports"

output() { [ -z "${GITHUB_OUTPUT:-}" ] || printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"; }

# Runs the program, and keeps its exit code in `code`.
run() {
  set +e
  "$program" "$@"
  code=$?
  set -e
}

case "${SEATWRIGHT_COMMAND:?}" in
plan)
  options=(--detailed-exitcode)
  [ -z "${SEATWRIGHT_BASE:-}" ] || options+=(--base "$SEATWRIGHT_BASE")
  [ "${SEATWRIGHT_UNTRUSTED:-false}" != true ] || options+=(--untrusted)
  plan=${SEATWRIGHT_PLAN_FILE:-$reports/plan.json}
  rm -f -- "$plan"
  run plan "${options[@]}" --out "$plan" --format markdown "$path" >"$reports/plan.md"
  if [ -s "$plan" ]; then
    hash=$(jq -r .hash "$plan")
    output plan-hash "$hash"
    "$program" show "$plan" --format html >"$reports/plan.html"
  fi
  if [ ! -s "$reports/plan.md" ]; then
    printf '**The plan could not be made** (exit code %s); the reason is in the log of this run.\n' "$code" >"$reports/plan.md"
  fi
  marker="plan:$path"
  if [ -n "${SEATWRIGHT_PULL_REQUEST:-}" ]; then
    "$here/comment.sh" "$SEATWRIGHT_PULL_REQUEST" "$marker" "$reports/plan.md"
  fi
  output exit-code "$code"
  # Changes and manual steps are what a pull request is for.
  case "$code" in 0 | 2 | 9) exit 0 ;; *) exit "$code" ;; esac
  ;;
apply)
  options=(--format json)
  [ -z "${SEATWRIGHT_PLAN_FILE:-}" ] || options+=(--plan "$SEATWRIGHT_PLAN_FILE")
  [ -z "${SEATWRIGHT_APPROVED_HASH:-}" ] || options+=(--approved-hash "$SEATWRIGHT_APPROVED_HASH")
  if [ -z "${SEATWRIGHT_PLAN_FILE:-}${SEATWRIGHT_APPROVED_HASH:-}" ]; then
    echo "apply needs a reviewed plan: give plan-file or approved-hash" >&2
    exit 64
  fi
  # A plan file brings its folder along; a path is only for plans that are approved by hash.
  [ -n "${SEATWRIGHT_PLAN_FILE:-}" ] || options+=("$path")
  run apply "${options[@]}" >"$reports/apply.json"
  outcome=$(jq -r '.outcome // "not applied"' "$reports/apply.json" 2>/dev/null || true)
  {
    printf '**Applied: %s** (exit code %s)\n\n' "${outcome:-not applied}" "$code"
    jq -r '.steps // [] | group_by(.outcome) | map("- \(length) \(.[0].outcome)") | .[]' "$reports/apply.json" 2>/dev/null || true
    jq -r '"- \(.requests) requests"' "$reports/apply.json" 2>/dev/null || true
    if [ "$code" = 5 ]; then printf '\nFinish it with `seatwright resume`.\n'; fi
  } >"$reports/apply.md"
  if [ -n "${SEATWRIGHT_PULL_REQUEST:-}" ]; then
    "$here/comment.sh" "$SEATWRIGHT_PULL_REQUEST" "apply:$path" "$reports/apply.md"
  fi
  output exit-code "$code"
  # Manual steps that are left are no failure of the merge.
  case "$code" in 0 | 9) exit 0 ;; *) exit "$code" ;; esac
  ;;
drift)
  run drift --format markdown --metrics "$reports/drift.prom" "$path" >"$reports/drift.md"
  drift=$code
  run drift --format html "$path" >"$reports/drift.html"
  if [ "${SEATWRIGHT_ISSUE:-false}" = true ]; then
    case "$drift" in
    0) "$here/issue.sh" close "drift:$path" "Seatwright: $path has drifted" ;;
    2 | 9) "$here/issue.sh" open "drift:$path" "Seatwright: $path has drifted" "$reports/drift.md" ;;
    esac
  fi
  output exit-code "$drift"
  exit "$drift"
  ;;
*)
  echo "there is no command \`$SEATWRIGHT_COMMAND\`; there is plan, apply and drift" >&2
  exit 64
  ;;
esac
