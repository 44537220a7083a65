import { ORGANIZATION_HEADER, type Api } from './context';

export type OpenApiDocument = ReturnType<Api['getOpenAPI31Document']>;

const DESCRIPTION = `Budgets for AI-agent invocations. Amounts are USD numbers of at most 6 decimals, instants ISO 8601.
Unknown fields are refused, and so is a body where none is documented, or none where one is. A call that a budget denies is a 402;
a service that cannot answer is a 503, and never either.`;

/** The API's document: its routes, and what they have in common. */
export function openApiDocument(api: Api): OpenApiDocument {
  const document = api.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'agent-budget', version: '1', description: DESCRIPTION },
    servers: [{ url: '/' }],
  });
  const components = {
    ...document.components,
    securitySchemes: { bearer: { type: 'http' as const, scheme: 'bearer', description: 'An API key, `ab_...`, or a JWT' } },
    parameters: {
      Organization: {
        name: ORGANIZATION_HEADER,
        in: 'header' as const,
        schema: { type: 'string' as const },
        description: "Whose data this is about: an operator's key must say so; any other may only repeat its own organization",
      },
    },
  };
  const paths = Object.fromEntries(
    Object.entries(document.paths ?? {}).map(([path, item]) => [path, path.startsWith('/api/') ? withOrganization(item) : item]),
  );
  return { ...document, paths, components };
}

function withOrganization<Item extends object>(item: Item): Item {
  return { ...item, parameters: [{ $ref: '#/components/parameters/Organization' }] };
}
