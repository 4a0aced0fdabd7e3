#!/bin/bash
# Makes the JVM's cache of a package: threadwright.aot beside its quarkus-run.jar. Runs the package against real servers, asks
# of it what it is for, and tells it to end, upon which the JVM writes what it has loaded. Only that: to know how often what is
# called makes starts longer, and costs more. Usage:
#
#   train.sh <package with servers of its own> <package to train, with java.options> <empty directory for data>
#
# Postgres does not run as root. Ports, for where those of the servers' own are taken: TRAIN_HTTP, TRAIN_POSTGRES, TRAIN_KAFKA.
set -euo pipefail

servers=$1 package=$2 data=$3
http=${TRAIN_HTTP:-8080} postgres=${TRAIN_POSTGRES:-5433} kafka=${TRAIN_KAFKA:-9092}
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
url=http://127.0.0.1:$http
servers_http=$((http + 1))
READY_SECONDS=180

stop() {
  echo "train: $*" >&2
  exit 1
}

end() { # the server with this process id, and wait for it
  kill -TERM "$1" && wait "$1"
}

until_ready() { # $1 the port, $2 the process
  for ((i = 0; i < READY_SECONDS * 5; i++)); do
    curl -fs -o /dev/null --max-time 5 "http://127.0.0.1:$1/q/health/ready" && return
    kill -0 "$2" 2>/dev/null || stop "the server of port $1 has ended"
    sleep 0.2
  done
  stop "the server of port $1 is not ready after $READY_SECONDS s: $(curl -s "http://127.0.0.1:$1/q/health/ready")"
}

ask() { # a builder may be slow: what is refused for now is asked again
  curl -fsS --max-time 60 --retry 10 --retry-all-errors "$@" >/dev/null
}

say() { # $1 the thread, $2 the body
  ask -X POST "$url/threads/$1/inputs?wait=completion" -H 'content-type: application/json' -d "$2"
}

mapfile -t options < <(grep -v -e '^#' -e AOTCache "$package/java.options")
"$java" "${options[@]}" -Dthreadwright.data.directory="$data" -Dthreadwright.embedded.postgres.port="$postgres" \
  -Dthreadwright.embedded.kafka.port="$kafka" -Dquarkus.http.host=127.0.0.1 -Dquarkus.http.port="$servers_http" \
  -jar "$servers/quarkus-run.jar" >&2 &
servers_pid=$!
trap 'kill $(jobs -p) 2>/dev/null; wait' EXIT
until_ready "$servers_http" "$servers_pid"

# A member of the same group: half of the partitions are its own.
learn=(-XX:TieredStopAtLevel=1 -XX:+UnlockDiagnosticVMOptions -XX:-AOTRecordTraining)
"$java" "${options[@]}" "${learn[@]}" -XX:AOTCacheOutput="$package/threadwright.aot" -Dquarkus.http.host=127.0.0.1 -Dquarkus.http.port="$http" \
  -Dthreadwright.identity.enabled=false \
  -Dkafka.bootstrap.servers="127.0.0.1:$kafka" -Dthreadwright.postgres.url="jdbc:postgresql://127.0.0.1:$postgres/threadwright" \
  -Dthreadwright.postgres.username=threadwright -Dthreadwright.postgres.password="$(cat "$data/postgres/password")" \
  -jar "$package/quarkus-run.jar" >&2 &
trained_pid=$!
until_ready "$http" "$trained_pid"

for ((i = 0; i < 40; i++)); do
  say "echo-$i" '{"data":{"text":"hi"}}'
  say "delay-$i" '{"workflow":"delay","data":{"ms":1,"text":"hi"}}'
  say "agent-$i" '{"workflow":"agent-loop","data":{"value":1,"plan":[{"op":"add","by":40},{"op":"multiply","by":2}]}}'
  say "order-$i" '{"workflow":"approval","data":{"item":"bolt","count":3,"price":400}}'
  ask "$url/threads/agent-$i" "$url/threads/agent-$i/events?from=1" "$url/threads/agent-$i/checkpoints"
done
ask "$url/interrupts" "$url/dead-letters" "$url/q/metrics" "$url/q/openapi" "$url/asyncapi"

end "$trained_pid" || stop "the trained server did not end in order"
[ -s "$package/threadwright.aot" ] || stop "there is no cache: $package/threadwright.aot"
end "$servers_pid" || stop "the other server did not end in order"
trap - EXIT
