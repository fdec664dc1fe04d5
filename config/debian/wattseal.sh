#!/bin/sh
# The command "wattseal": Deno with the program and its packages, without a network and without writing anything.
set -eu
folder=/usr/lib/wattseal
# The cache is an empty file, so Deno keeps its caches in memory, also for root. It would try for 150 ms to store
# compiled code.
export DENO_DIR=$folder/cache DENO_NO_UPDATE_CHECK=1 DENO_NO_PACKAGE_JSON=1 DENO_EMIT_CACHE_MODE=disable
case ${1-} in
start) loading="--unstable-lazy-dynamic-imports --v8-flags=--optimize-for-size,--max-semi-space-size=2,--heap-growing-percent=30,--single-threaded-gc,--expose-gc" ;;
# These processes run for months, and load all of their code at the start: an upgrade replaces the files.
bridge | everest | web) loading= ;;
*) loading=--unstable-lazy-dynamic-imports ;;
esac
exec $folder/deno run --quiet --cached-only --frozen --no-prompt --no-code-cache --allow-all \
  --config $folder/app/deno.json $loading $folder/app/src/cli/main.ts "$@"
