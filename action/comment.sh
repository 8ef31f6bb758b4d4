#!/usr/bin/env bash
# comment.sh PULL-REQUEST MARKER FILE: keeps one comment on a pull request, edited in place, and left alone when nothing changed.
set -euo pipefail
. "$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/forge.sh"

number=$1 marker=$2 file=$3
case "$number" in '' | *[!0-9]*) echo "\`$number\` is no pull request" >&2; exit 64 ;; esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
with_marker "$marker" "$file" "$work/body.json"

comments "$number" >"$work/comments.jsonl"
marked "$marker" <"$work/comments.jsonl" >"$work/found.json"

if [ ! -s "$work/found.json" ]; then
  add_comment "$number" "$work/body.json"
  echo "commented on $number"
elif [ "$(jq -r .body "$work/found.json")" = "$(jq -r .body "$work/body.json")" ]; then
  echo "the comment on $number says so already"
else
  edit_comment "$number" "$(jq -r .id "$work/found.json")" "$work/body.json"
  echo "edited the comment on $number"
fi
