import { raw, html } from 'hono/html';
import type { OpenApiDocument } from './openapi-document';

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1d2733}
details{border:1px solid #d5dbe1;border-radius:6px;margin:.4rem 0;padding:.4rem .8rem}summary{cursor:pointer}
code,pre{font:14px/1.45 ui-monospace,monospace}pre{background:#f4f6f8;padding:.8rem;overflow:auto;border-radius:4px}
.method{display:inline-block;width:4.5rem;font-weight:700}td{padding:.1rem 1rem .1rem 0;vertical-align:top}`;

interface Operation {
  readonly tags?: readonly string[];
  readonly summary?: string;
  readonly description?: string;
  readonly parameters?: readonly { readonly name?: string; readonly in?: string; readonly description?: string }[];
  readonly requestBody?: object;
  readonly responses?: Readonly<Record<string, { readonly description?: string }>>;
}

interface Described extends Operation {
  readonly method: string;
  readonly path: string;
}

/** The document as a page that needs no script, and nothing from anywhere else. */
export function docsPage(document: OpenApiDocument) {
  const operations = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item as Record<string, Operation>)
      .filter(([method]) => method !== 'parameters')
      .map(([method, operation]): Described => ({ ...operation, method: method.toUpperCase(), path })),
  );
  const groups = groupByTag(operations);
  const schemas = Object.entries(document.components?.schemas ?? {});
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>agent-budget API</title>
        <style>
          ${raw(STYLE)}
        </style>
      </head>
      <body>
        <h1>agent-budget API</h1>
        <p>${document.info.description}</p>
        <p>For tools: <a href="/openapi.json">openapi.json</a>. Send <code>Authorization: Bearer KEY</code>.</p>
        ${[...groups].map(
          ([tag, ofTag]) =>
            html`<h2>${tag}</h2>
              ${ofTag.map(operationBlock)}`,
        )}
        <h2>Schemas</h2>
        ${schemas.map(
          ([name, schema]) =>
            html`<details id="${name}">
              <summary>${name}</summary>
              ${code(schema)}
            </details>`,
        )}
      </body>
    </html>`;
}

function operationBlock({ method, path, summary, description, parameters = [], requestBody, responses = {} }: Described) {
  return html`<details>
    <summary><span class="method">${method}</span><code>${path}</code> ${summary ?? ''}</summary>
    <p>${description ?? ''}</p>
    <table>
      ${parameters.map(
        ({ name, in: where, description: what }) =>
          html`<tr>
            <td><code>${name}</code></td>
            <td>${where}</td>
            <td>${what ?? ''}</td>
          </tr>`,
      )}
    </table>
    ${
      requestBody === undefined
        ? ''
        : html`<p>Body</p>
            ${code(requestBody)}`
    }
    <table>
      ${Object.entries(responses).map(
        ([status, { description: what }]) =>
          html`<tr>
            <td>${status}</td>
            <td>${what ?? ''}</td>
          </tr>`,
      )}
    </table>
  </details>`;
}

function code(value: unknown) {
  return html`<pre>${JSON.stringify(value, null, 2)}</pre>`;
}

function groupByTag(operations: readonly Described[]): Map<string, Described[]> {
  const groups = new Map<string, Described[]>();
  for (const operation of operations) {
    const tag = operation.tags?.[0] ?? 'Other';
    groups.set(tag, [...(groups.get(tag) ?? []), operation]);
  }
  return groups;
}
