#!/bin/sh
# Newton's iteration for the square root of 2, damped: a "training" that a shell can do. The error falls step by step.
set -eu

damping=${1:-0.5}
start=${2:-3}

x=$start
for step in 1 2 3 4 5 6 7 8; do
  x=$(awk -v x="$x" -v d="$damping" 'BEGIN { printf "%.12f", x - d * (x * x - 2) / (2 * x) }')
  error=$(awk -v x="$x" 'BEGIN { e = x - sqrt(2); printf "%.12f", e < 0 ? -e : e }')
  echo "step $step error=$error"
  if [ -n "${STERLET_CHANNEL:-}" ]; then
    sterlet report --step "$step" error="$error" || {
      code=$?
      [ "$code" -eq 10 ] && exit 0 # Sterlet asks the trial to end.
      exit "$code"
    }
  fi
done
if [ -n "${STERLET_CHANNEL:-}" ]; then
  sterlet report --value "$error"
fi
