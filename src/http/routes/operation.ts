import type { Api } from '../context';
import type { ApiDeps } from '../deps';
import { docsPage } from '../docs-page';
import type { HttpMetrics } from '../metrics';
import { openApiDocument } from '../openapi-document';
import { route } from '../route';
import { z } from 'zod';

const TAGS = ['Operation'];
const text = (description: string, type: string) => ({ 200: { description, content: { [type]: { schema: z.string() } } } });

const metrics = route('get /metrics', {
  tags: TAGS,
  summary: 'Metrics for Prometheus',
  responses: text('In the text format', 'text/plain'),
});

const document = route('get /openapi.json', {
  tags: TAGS,
  summary: 'This document',
  responses: { 200: { description: 'OpenAPI 3.1', content: { 'application/json': { schema: z.looseObject({ openapi: z.string() }) } } } },
});

const docs = route('get /docs', { tags: TAGS, summary: 'This document, for people', responses: text('A page', 'text/html') });

/** The last routes to be made: the document tells of all that are there. */
export function operationRoutes(api: Api, { options = {} }: ApiDeps, measured: HttpMetrics): void {
  api.openapi(metrics, async (c) => {
    const more = await options.moreMetrics?.();
    return c.text([await measured.text(), ...(more === undefined ? [] : [more])].join('\n'), 200, {
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
    });
  });
  let made: ReturnType<typeof openApiDocument> | undefined;
  const theDocument = () => (made ??= openApiDocument(api));
  api.openapi(document, (c) => c.json(theDocument() as unknown as { openapi: string }, 200));
  api.openapi(docs, (c) => {
    // A page without a script, so that none of the texts in it can become one.
    c.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'");
    return c.html(docsPage(theDocument()), 200);
  });
}
