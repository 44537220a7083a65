import { readConfig } from '../../src/config';
import { SetupError } from '../../src/contract/setup-error';

test.each([
  ['DATABASE_URL', 'not a url'],
  ['DATABASE_URL', ''],
  ['DATABASE_URL', 'localhost:5432/s3cret'],
  ['DATABASE_URL', 'mysql://me:s3cret@localhost/name'],
  ['DATABASE_URL', 'postgresql://me:s3cret@host:port/name'],
  ['SMTP_URL', 'me:s3cret@localhost'],
  ['SMTP_URL', 'http://me:s3cret@localhost'],
  ['SMTP_URL', 'smtp://me:12/s3cret@localhost'],
  ['SMTP_URL', 'smtp://'],
  ['TEMPORAL_ADDRESS', 'http://localhost:7233'],
  ['TEMPORAL_ADDRESS', ''],
  ['TEMPORAL_ADDRESS', 'local host:7233'],
  ['TEMPORAL_ADDRESS', 'localhost:7233x'],
  ['TEMPORAL_UI_URL', 'localhost:8233'],
  ['OPENAI_BASE_URL', 'localhost:4000/v1'],
  ['OPENAI_BASE_URL', 'https://'],
  ['OPENAI_BASE_URL', 'https://me:s3cret@localhost:4000/v1'],
])('%s=%j is refused by its name, and not repeated', (name, value) => {
  const read = () => readConfig({ [name]: value });
  expect(read).toThrow(SetupError);
  expect(read).toThrow(new RegExp(`^${name} is no address that can be used\\. Set it to one like \\w+.*, or leave it out\\.$`));
  if (value.includes('s3cret')) expect(read).not.toThrow(/s3cret/);
});

test.each([
  ['DATABASE_URL', 'postgresql://me:s3cret@localhost:5432/name?sslmode=require'],
  ['DATABASE_URL', 'postgres:///name?host=/run/postgresql&user=me@tenant'],
  ['DATABASE_URL', 'postgresql://me:s3cret@/name?host=/run/postgresql'],
  ['DATABASE_URL', 'socket:/run/postgresql?db=name'],
  ['SMTP_URL', 'smtps://me%40acme.example:s3cret@mail.example:465?pool=true'],
  ['SMTP_URL', 'smtp://localhost'],
  ['TEMPORAL_ADDRESS', 'temporal.example:7233'],
  ['TEMPORAL_ADDRESS', '[::1]:7233'],
  ['TEMPORAL_ADDRESS', 'temporal_frontend'],
  ['TEMPORAL_UI_URL', 'http://localhost:8233'],
  ['OPENAI_BASE_URL', 'http://localhost:4000/v1'],
])('%s=%j is taken as it is', (name, value) => {
  expect(JSON.stringify(readConfig({ [name]: value }))).toContain(JSON.stringify(value));
});
