# One image for the API and for workers: `api` or `worker`, or any other command of agent-budget.

FROM node:24.19.0-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY . .
# The workflows are bundled now: a read-only container could not keep the bundle. Without the compiler's own record
# beside it, it counts as up to date.
RUN npm run --silent build \
  && node -e "const { workflowBundle } = require('./dist/src/worker/bundle.js'); \
    workflowBundle().then(() => workflowBundle(require('./dist/src/encryption').encryptedBy([{ keyId: 'any', secret: new Uint8Array(32) }])))" \
  && test -s dist/workflows/bundle.generated.js -a -s dist/workflows/encrypting-bundle.generated.js \
  && rm -r dist/.tsbuildinfo dist/bench dist/chaos dist/faults

FROM node:24.19.0-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The optional ones are the embedded PostgreSQL and what bundles workflows; neither is used here. Nor is the SDK's native
# part for other systems.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund \
  && find node_modules/@temporalio/core-bridge/releases -mindepth 1 -maxdepth 1 ! -name '*-linux-gnu' -exec rm -r {} +

FROM node:24.19.0-bookworm-slim
LABEL org.opencontainers.image.title="agent-budget" \
  org.opencontainers.image.description="Durable budget enforcement for AI-agent invocations, on Temporal" \
  org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production NODE_OPTIONS=--enable-source-maps AGENT_BUDGET_DATA=/var/lib/agent-budget
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json LICENSE README.md ./
# The compiler copies no .sql file.
COPY src/store/postgres/migrations src/store/postgres/migrations
RUN ln -s /app/dist/src/main.js /usr/local/bin/agent-budget \
  && install --directory --owner=node --group=node --mode=700 "$AGENT_BUDGET_DATA"
USER node
VOLUME /var/lib/agent-budget
EXPOSE 8080 9464
# The process itself gets the SIGTERM on which it drains.
ENTRYPOINT ["agent-budget"]
CMD ["api"]
