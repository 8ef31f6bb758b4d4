# Talks to the forge's API; sourced by the other scripts. Needs curl and jq.
#
# GITHUB_API_URL, GITHUB_REPOSITORY and FORGE_TOKEN come from the environment; the token reaches curl by standard input only.

api=${GITHUB_API_URL:-https://api.github.com}
repository=${GITHUB_REPOSITORY:?}

# forge METHOD PATH [BODY-FILE]: prints the answer's body; fails on anything but a 2xx.
forge() {
  local method=$1 path=$2 body=${3:-}
  local options=(--silent --show-error --fail-with-body --max-time 30 --request "$method" --config -)
  [ -z "$body" ] || options+=(--header 'Content-Type: application/json' --data-binary "@$body")
  printf 'header = "Authorization: Bearer %s"\n' "${FORGE_TOKEN:?}" |
    curl "${options[@]}" \
      --header 'Accept: application/vnd.github+json' \
      --header 'X-GitHub-Api-Version: 2022-11-28' \
      --header 'User-Agent: seatwright-action' \
      "$api/repos/$repository/$path"
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

# with_marker MARKER FILE OUT: writes {"body": ...} with a hidden line by which the text is found again, cut to what the forge takes.
with_marker() {
  local marker=$1 file=$2 out=$3
  jq -n --rawfile text "$file" --arg marker "<!-- seatwright:$marker -->" \
    '($marker + "\n" + $text) as $body
     | { body: (if ($body | utf8bytelength) <= 65536 then $body
                else $marker + "\n" + $text[0:15000] + "\n\n(cut: the whole text is in the report of this run)" end) }' >"$out"
}
