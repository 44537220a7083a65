import { z } from 'zod';
import { id } from '../../contract/schemas/primitives';
import { DomainError, DomainErrorCode } from '../../domain/errors';
import { issueKey, revokeKey, rotateKey } from '../../store/keys';
import type { Api } from '../context';
import { pageOf, pageQuery, placeIn } from '../cursor';
import type { ApiDeps } from '../deps';
import { keyJson } from '../key-mapping';
import { route } from '../route';
import { json, jsonBody, pageSchema } from '../schemas/common';
import { apiKey, issuedKey, keyBody, rotationBody } from '../schemas/keys';
import { problems } from '../schemas/problem';

const TAGS = ['API keys'];
const params = z.object({ key_id: id });
const issued = { ...json('The key, with its token', issuedKey), headers: z.object({ Location: z.string() }) };

const list = route('get /api/v1/api-keys', {
  tags: TAGS,
  summary: "The organization's API keys, the newest first",
  description: "Of an operator's key that names no organization: the operator's own.",
  request: { query: pageQuery },
  responses: { 200: json('A page of keys', pageSchema(apiKey)), ...problems() },
});

const make = route('post /api/v1/api-keys', {
  tags: TAGS,
  summary: 'Makes an API key',
  request: { body: jsonBody(keyBody) },
  responses: { 201: issued, ...problems(413, 415) },
});

const read = route('get /api/v1/api-keys/{key_id}', {
  tags: TAGS,
  summary: 'An API key, without its token',
  request: { params },
  responses: { 200: json('The key', apiKey), ...problems(404) },
});

const revoke = route('delete /api/v1/api-keys/{key_id}', {
  tags: TAGS,
  summary: 'Ends an API key at once',
  request: { params },
  responses: { 200: json('The key as it is kept', apiKey), ...problems(404) },
});

const rotate = route('post /api/v1/api-keys/{key_id}/rotate', {
  tags: TAGS,
  summary: 'Gives an API key a new token, under a new id',
  description: 'What was spent by it stays. The old token ends at once, or after its grace.',
  request: { params, body: jsonBody(rotationBody) },
  responses: { 201: issued, ...problems(404, 409, 413, 415) },
});

const place = z.tuple([z.number().int(), id]);

export function keyRoutes(api: Api, { store, now }: ApiDeps): void {
  api.openapi(list, async (c) => {
    const { cursor, limit } = c.req.valid('query');
    const after = placeIn(cursor, place);
    const keys = await store.keys(c.get('organizationId'), after && { createdAt: after[0], keyId: after[1] }, limit + 1);
    return c.json(
      pageOf(
        keys,
        limit,
        (key) => keyJson(key, now()),
        ({ createdAt, keyId }) => [createdAt, keyId],
      ),
      200,
    );
  });

  api.openapi(make, async (c) => {
    const { name, role, team_id: teamId = null, user_id: userId = null, expires_at } = c.req.valid('json');
    const expiresAt = expires_at === undefined ? null : Date.parse(expires_at);
    const made = await issueKey(store, { organizationId: c.get('organizationId'), name, role, teamId, userId, expiresAt }, now());
    c.header('Location', `/api/v1/api-keys/${made.key.keyId}`);
    return c.json({ token: made.token, key: keyJson(made.key, now()) }, 201);
  });

  api.openapi(read, async (c) => {
    const { key_id: keyId } = c.req.valid('param');
    const found = await store.key({ organizationId: c.get('organizationId'), keyId });
    if (found === undefined) throw new DomainError(DomainErrorCode.apiKeyNotFound, `There is no API key ${keyId}`);
    return c.json(keyJson(found, now()), 200);
  });

  api.openapi(revoke, async (c) => {
    const reference = { organizationId: c.get('organizationId'), keyId: c.req.valid('param').key_id };
    return c.json(keyJson(await revokeKey(store, reference, now()), now()), 200);
  });

  api.openapi(rotate, async (c) => {
    const reference = { organizationId: c.get('organizationId'), keyId: c.req.valid('param').key_id };
    const made = await rotateKey(store, reference, now(), c.req.valid('json').grace_seconds * 1_000);
    c.header('Location', `/api/v1/api-keys/${made.key.keyId}`);
    return c.json({ token: made.token, key: keyJson(made.key, now()) }, 201);
  });
}
