#!/usr/bin/env bash
# Opens the HTML report of real plans, at 5 and at 5,000 changes, in headless Chromium.
#
# Needs chromium, node and npm. The program is taken from the argument; reports and pictures go to target/browser.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
program=$(realpath "${1:-target/debug/seatwright}")
work=target/browser
mkdir -p "$work"

if ! [ -d "$work/node_modules/playwright-core" ]; then
  npm install --silent --no-audit --no-fund --no-package-lock --prefix "$work" playwright-core@1.64.1
fi

printf '{ "groups": ["Sales EU", "Support"], "agents": [] }' >"$work/seed.json"
"$program" sandbox serve --seed "$work/seed.json" --rate 0 >"$work/address" 2>/dev/null &
sandbox=$!
trap 'kill "$sandbox" 2>/dev/null || true' EXIT
for _ in $(seq 100); do
  grep -q http "$work/address" && break
  sleep 0.1
done
url=$(grep -o 'http://[^ ]*' "$work/address")

export CLOUDTALK_ACCESS_KEY_ID=browser CLOUDTALK_ACCESS_KEY_SECRET=browser
for size in 5 5000; do
  folder=$work/account-$size
  mkdir -p "$folder"
  {
    printf 'version: 1\naccount: { name: browser, provider: cloudtalk, api_url: "%s" }\nseats: { purchased: 6000 }\n' "$url"
    printf 'groups:\n  - name: Sales EU\n  - name: Support\nusers:\n'
    # One name tries everything that a page must not run.
    printf '  - { email: mallory@acme.example, first_name: "<script>alert(1)</script>", last_name: "\\"><img src=http://127.0.0.1:9/x onerror=alert(2)>" }\n'
    for n in $(seq 2 "$size"); do
      printf '  - { email: user%04d@acme.example, first_name: First%d, last_name: Last, groups: [%s] }\n' "$n" "$n" \
        "$([ $((n % 2)) = 0 ] && echo 'Sales EU' || echo Support)"
    done
  } >"$folder/account.yaml"
  "$program" plan "$folder" --quiet --format html >"$work/plan-$size.html"
done

node tests/browser/report.mjs "$work"
