#!/usr/bin/env bash
# comment.sh PULL-REQUEST MARKER FILE: keeps one comment on a pull request, edited in place, and left alone when nothing changed.
set -euo pipefail
. "$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/forge.sh"

number=$1 marker=$2 file=$3
case "$number" in '' | *[!0-9]*) echo "\`$number\` is no pull request" >&2; exit 64 ;; esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
with_marker "$marker" "$file" "$work/body.json"

# Only a comment that begins with the marker counts: somebody may have quoted one.
pages "issues/$number/comments?sort=created" |
  jq -c --arg marker "<!-- seatwright:$marker -->" 'select(.body | startswith($marker))' >"$work/found.jsonl"
id=$(head -n 1 "$work/found.jsonl" | jq -r '.id // empty')

if [ -z "$id" ]; then
  forge POST "issues/$number/comments" "$work/body.json" >/dev/null
  echo "commented on #$number"
elif [ "$(head -n 1 "$work/found.jsonl" | jq -r .body)" = "$(jq -r .body "$work/body.json")" ]; then
  echo "the comment on #$number says so already"
else
  forge PATCH "issues/comments/$id" "$work/body.json" >/dev/null
  echo "edited the comment on #$number"
fi
