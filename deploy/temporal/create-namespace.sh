#!/bin/sh
# Makes the namespace that TEMPORAL_NAMESPACE names, on the server at TEMPORAL_ADDRESS, once both answer.
# A namespace that is there stays as it is, with its retention.
set -eu

: "${TEMPORAL_ADDRESS:?is where the server is}" "${TEMPORAL_NAMESPACE:?names the namespace}" "${RETENTION:?is how long closed runs are kept}"

tries=60
until temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; do
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$RETENTION" && break
  tries=$((tries - 1))
  if [ "$tries" -eq 0 ]; then
    echo "No namespace $TEMPORAL_NAMESPACE at $TEMPORAL_ADDRESS after two minutes" >&2
    exit 1
  fi
  sleep 2
done
# A frontend takes a while to see a new namespace; whoever waits for this script must not come before.
until temporal workflow count --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; do
  tries=$((tries - 1))
  [ "$tries" -gt 0 ] || exit 1
  sleep 1
done
echo "Namespace $TEMPORAL_NAMESPACE is there"
