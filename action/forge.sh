# Talks to the forge's API; sourced by the other scripts. Needs curl and jq.
#
# GitHub: GITHUB_API_URL and GITHUB_REPOSITORY. GitLab, where GITLAB_CI is set: CI_API_V4_URL and CI_PROJECT_ID.
# FORGE_TOKEN comes from the environment and reaches curl by standard input only.
#
# Comments (GitLab: notes) and issues are printed one a line, as `{ id, body, author }`; what is sent is read from such files.

# The longest text that the forge takes, how jq measures it, and how many characters of a longer one are kept.
if [ -n "${GITLAB_CI:-}" ]; then
  # 1,000,000 characters (GitLab, documented).
  limit=1000000 measure=length keep=999000
else
  # 65,536 characters (GitHub, documented), held in bytes, which are never fewer.
  limit=65536 measure=utf8bytelength keep=15000
fi

# forge METHOD PATH [BODY-FILE]: prints the answer's body; fails on anything but a 2xx. A PATH is within the repository,
# or with a slash in front, within the whole API.
forge() {
  local method=$1 path=$2 body=${3:-} root repository header
  local options=(--silent --show-error --fail-with-body --max-time 30 --request "$method" --config -)
  [ -z "$body" ] || options+=(--header 'Content-Type: application/json' --data-binary "@$body")
  if [ -n "${GITLAB_CI:-}" ]; then
    root=${CI_API_V4_URL:?} repository="/projects/${CI_PROJECT_ID:?}"
    header='PRIVATE-TOKEN: %s'
  else
    root=${GITHUB_API_URL:-https://api.github.com} repository="/repos/${GITHUB_REPOSITORY:?}"
    header='Authorization: Bearer %s'
    options+=(--header 'Accept: application/vnd.github+json' --header 'X-GitHub-Api-Version: 2022-11-28')
  fi
  case "$path" in /*) ;; *) path="$repository/$path" ;; esac
  # shellcheck disable=SC2059
  printf "header = \"$header\"\n" "${FORGE_TOKEN:?}" |
    curl "${options[@]}" --header 'User-Agent: seatwright-action' "$root$path"
}

# pages PATH: prints the items of all pages as one stream; PATH has its query already.
pages() {
  local path=$1 page=1 answer
  while [ "$page" -le 50 ]; do
    answer=$(forge GET "$path&per_page=100&page=$page")
    printf '%s\n' "$answer" | jq -c '.[]'
    [ "$(printf '%s' "$answer" | jq length)" -eq 100 ] || return 0
    page=$((page + 1))
  done
}

# Whom the token stands for. Anybody can write a marker; only what this one wrote is edited, so that nobody else can
# change afterwards what reviewers read.
me() {
  local answer
  if [ -n "${SEATWRIGHT_FORGE_LOGIN:-}" ]; then
    printf '%s\n' "$SEATWRIGHT_FORGE_LOGIN"
  elif [ -n "${GITLAB_CI:-}" ]; then
    answer=$(forge GET /user)
    printf '%s' "$answer" | jq -r .username
  elif answer=$(forge GET /user 2>/dev/null); then
    printf '%s' "$answer" | jq -r .login
  elif printf '%s' "$answer" | jq -e '(.status // "403" | tostring) | test("^40[13]$")' >/dev/null 2>&1; then
    # A workflow's own token stands for no user. That of an App neither: its login is told by SEATWRIGHT_FORGE_LOGIN.
    echo 'github-actions[bot]'
  else
    echo 'error: the forge does not say whom the token stands for; nothing was written' >&2
    return 1
  fi
}

# The comments of a pull request, oldest first; what the forge itself noted is left out.
comments() {
  if [ -n "${GITLAB_CI:-}" ]; then
    pages "merge_requests/$1/notes?sort=asc&order_by=created_at" |
      jq -c 'select(.system | not) | { id, body, author: .author.username }'
  else
    pages "issues/$1/comments?sort=created" | jq -c '{ id, body, author: .user.login }'
  fi
}

# add_comment NUMBER FILE, edit_comment NUMBER ID FILE
add_comment() {
  if [ -n "${GITLAB_CI:-}" ]; then
    forge POST "merge_requests/$1/notes" "$2"
  else
    forge POST "issues/$1/comments" "$2"
  fi >/dev/null
}
edit_comment() {
  if [ -n "${GITLAB_CI:-}" ]; then
    forge PUT "merge_requests/$1/notes/$2" "$3"
  else
    forge PATCH "issues/comments/$2" "$3"
  fi >/dev/null
}

# The open issues, oldest first.
issues() {
  if [ -n "${GITLAB_CI:-}" ]; then
    pages "issues?state=opened&sort=asc&order_by=created_at" |
      jq -c '{ id: .iid, body: .description, author: .author.username }'
  else
    pages "issues?state=open&sort=created&direction=asc" |
      jq -c 'select(.pull_request | not) | { id: .number, body, author: .user.login }'
  fi
}

# open_issue TITLE FILE, edit_issue ID FILE, close_issue ID FILE: FILE holds what is said last.
open_issue() {
  jq --arg title "$1" '. + { title: $title }' "$2" | issue_text >"$2.issue"
  forge POST issues "$2.issue" >/dev/null
}
edit_issue() {
  issue_text <"$2" >"$2.issue"
  if [ -n "${GITLAB_CI:-}" ]; then
    forge PUT "issues/$1" "$2.issue"
  else
    forge PATCH "issues/$1" "$2.issue"
  fi >/dev/null
}
issue_text() {
  if [ -n "${GITLAB_CI:-}" ]; then jq '. + { description: .body } | del(.body)'; else cat; fi
}
close_issue() {
  if [ -n "${GITLAB_CI:-}" ]; then
    forge POST "issues/$1/notes" "$2" >/dev/null
    printf '{ "state_event": "close" }' >"$2.issue"
    forge PUT "issues/$1" "$2.issue" >/dev/null
  else
    forge POST "issues/$1/comments" "$2" >/dev/null
    printf '{ "state": "closed", "state_reason": "completed" }' >"$2.issue"
    forge PATCH "issues/$1" "$2.issue" >/dev/null
  fi
}

# with_marker MARKER FILE OUT: writes {"body": ...} with a hidden line by which the text is found again, cut to what the forge takes.
with_marker() {
  local marker=$1 file=$2 out=$3
  jq -n --rawfile text "$file" --arg marker "<!-- seatwright:$marker -->" --argjson limit "$limit" --argjson keep "$keep" \
    '($marker + "\n" + $text) as $body
     | { body: (if ($body | '"$measure"') <= $limit then $body
                else $marker + "\n" + $text[0:$keep] + "\n\n(cut: the whole text is in the report of this run)" end) }' >"$out"
}

# marked MARKER: of the items on standard input, the first of ours whose text begins with the marker.
marked() {
  local author
  author=$(me) || return 1
  jq -c --arg marker "<!-- seatwright:$1 -->" --arg author "$author" \
    'select(.author == $author) | select((.body // "") | startswith($marker))' | sed -n 1p
}
