#!/bin/sh
# Moves itself into the cgroup whose cgroup.procs file is the first argument, then becomes the rest of the arguments.
# A program, not a library call: whoever started it may die at any moment, and its child is still accounted for.
set -eu
echo $$ >"$1"
shift
exec "$@"
