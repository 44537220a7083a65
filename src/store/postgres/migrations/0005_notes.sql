-- Up Migration

-- What a caller notes with a charge.
alter table entries add column execution_success boolean, add column metadata jsonb;

-- Denials say how the budgets stood. Of those before, only what the denying limit said is known; where executions ran out, nothing.
update holds set decision = decision || case
  when decision #>> '{denial,code}' like '%_executions' then '{"usage": 0, "remainingMicroUsd": null}'::jsonb
  else jsonb_build_object(
    'usage', coalesce(((decision #> '{denial,spent}')::numeric + (decision #> '{denial,held}')::numeric)
      / nullif((decision #> '{denial,limit}')::numeric, 0), 1)::double precision,
    'remainingMicroUsd', decision #> '{denial,available}')
  end
where decision ->> 'status' = 'denied';

-- Down Migration

alter table entries drop column execution_success, drop column metadata;
