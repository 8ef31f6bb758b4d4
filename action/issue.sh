#!/usr/bin/env bash
# issue.sh open|close MARKER TITLE [FILE]: keeps one issue while there is drift, and closes it when the drift is gone.
set -euo pipefail
. "$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/forge.sh"

what=$1 marker=$2 title=$3 file=${4:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

issues >"$work/issues.jsonl"
marked "$marker" <"$work/issues.jsonl" >"$work/found.json"
number=$(jq -r '.id // empty' "$work/found.json")

case "$what" in
open)
  with_marker "$marker" "$file" "$work/body.json"
  if [ -z "$number" ]; then
    open_issue "$title" "$work/body.json"
    echo "opened an issue"
  elif [ "$(jq -r .body "$work/found.json")" = "$(jq -r .body "$work/body.json")" ]; then
    echo "issue $number says so already"
  else
    edit_issue "$number" "$work/body.json"
    echo "updated issue $number"
  fi
  ;;
close)
  if [ -z "$number" ]; then
    echo "no issue is open"
  else
    printf '{ "body": "The account is as declared again." }' >"$work/comment.json"
    close_issue "$number" "$work/comment.json"
    echo "closed issue $number"
  fi
  ;;
*)
  echo "there is open and close" >&2
  exit 64
  ;;
esac
