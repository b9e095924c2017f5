#!/bin/sh
# Times `machineid start --oneshot` with 1, 10 and 50 outputs, in turn with any other program that has the same command
# line, and prints medians and ratios. Build first: mvn -q -B -ntp -DskipTests package
#
# TBOT     another program, such as /usr/local/bin/tbot; without it, ours alone
# OUTPUTS  how many outputs; default 1,10,50
# RUNS     measured runs of each program; default 5
# PREPARE  a program that prepares a run against a cluster of yours, see --help; default a fake cluster in this process
set -eu
cd "$(dirname "$0")/.."

java=${JAVA_HOME:+$JAVA_HOME/bin/}java
set -- --outputs="${OUTPUTS:-1,10,50}" --runs="${RUNS:-5}" "$@"
[ -z "${TBOT:-}" ] || set -- --tbot="$TBOT" "$@"
[ -z "${PREPARE:-}" ] || set -- --prepare="$PREPARE" "$@"
exec "$java" -cp benchmarks/target/benchmarks.jar io.machineid.benchmarks.ColdStart "$@"
