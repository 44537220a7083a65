-- Up Migration

create table api_keys (
  key_id text collate "C" primary key,
  -- SHA-256 of the whole token, in hex. The token itself is kept nowhere.
  hash text collate "C" not null unique,
  -- null: the operator's, for every organization.
  organization_id text collate "C",
  role text not null,
  name text not null,
  -- Pins: whom every call by this key is made for.
  team_id text,
  user_id text,
  created_at bigint not null,
  expires_at bigint,
  revoked_at bigint,
  -- To the minute. In no index, so that noting it writes none.
  last_used_at bigint,
  replaced_by text
) with (fillfactor = 50);
create index api_keys_by_age on api_keys (organization_id, created_at, key_id);

-- Down Migration

drop table api_keys;
