-- Up Migration

-- A caller's key may pass through many runs; each that was barred or superseded stays so.
alter table holds add column barred_run_ids jsonb not null default '[]';
update holds set barred_run_ids = jsonb_build_array(barred_run_id) where barred_run_id is not null;
alter table holds drop column barred_run_id;

-- Down Migration

alter table holds add column barred_run_id text;
update holds set barred_run_id = barred_run_ids ->> -1;
alter table holds drop column barred_run_ids;
