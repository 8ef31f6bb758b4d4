#!/usr/bin/env bash
# issue.sh open|close MARKER TITLE [FILE]: keeps one issue while there is drift, and closes it when the drift is gone.
set -euo pipefail
. "$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/forge.sh"

what=$1 marker=$2 title=$3 file=${4:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

pages "issues?state=open&sort=created" |
  jq -c --arg marker "<!-- seatwright:$marker -->" 'select(.pull_request | not) | select((.body // "") | startswith($marker))' >"$work/found.jsonl"
number=$(head -n 1 "$work/found.jsonl" | jq -r '.number // empty')

case "$what" in
open)
  with_marker "$marker" "$file" "$work/body.json"
  if [ -z "$number" ]; then
    jq --arg title "$title" '. + { title: $title }' "$work/body.json" >"$work/issue.json"
    forge POST issues "$work/issue.json" >/dev/null
    echo "opened an issue"
  elif [ "$(head -n 1 "$work/found.jsonl" | jq -r .body)" = "$(jq -r .body "$work/body.json")" ]; then
    echo "issue #$number says so already"
  else
    forge PATCH "issues/$number" "$work/body.json" >/dev/null
    echo "updated issue #$number"
  fi
  ;;
close)
  if [ -z "$number" ]; then
    echo "no issue is open"
  else
    printf '{ "body": "The account is as declared again." }' >"$work/comment.json"
    forge POST "issues/$number/comments" "$work/comment.json" >/dev/null
    printf '{ "state": "closed", "state_reason": "completed" }' >"$work/close.json"
    forge PATCH "issues/$number" "$work/close.json" >/dev/null
    echo "closed issue #$number"
  fi
  ;;
*)
  echo "there is open and close" >&2
  exit 64
  ;;
esac
