#!/bin/sh
# Run once, by the image of PostgreSQL, when its volume is empty: a role and its databases for the ledger, and others for
# Temporal. Neither can connect to the other's, so that the Temporal server cannot write the ledger.
set -eu

: "${LEDGER_PASSWORD:?is the password of the role agent_budget}"
: "${TEMPORAL_PASSWORD:?is the password of the role temporal}"

psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
  --set ledger_password="$LEDGER_PASSWORD" --set temporal_password="$TEMPORAL_PASSWORD" <<'SQL'
create role agent_budget login password :'ledger_password';
create role temporal login password :'temporal_password';
create database agent_budget owner agent_budget;
create database temporal owner temporal;
create database temporal_visibility owner temporal;
revoke all on database agent_budget, temporal, temporal_visibility, postgres from public;
SQL
