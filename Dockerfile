# syntax=docker/dockerfile:1

# What builds: all dependencies, and the sources.
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY prisma ./prisma
COPY prisma.config.ts ./
RUN npm ci
COPY build.mjs tsconfig.json ./
COPY src ./src
# Peers and optional packages are command lines and editors here; what the server imports is named in package.json.
RUN npm run build && npm prune --omit=dev --omit=optional --omit=peer --ignore-scripts

# What runs: no sources, no development dependencies, no root.
FROM node:22-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000 DATA_DIR=/data
WORKDIR /app
RUN mkdir /data && chown node:node /data
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json schema.graphql ./
COPY prisma/migrations ./prisma/migrations
USER node
VOLUME /data
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Room for the garbage of requests: misses cost a twelfth less CPU than with the 16 MB of Node.js 20 (2026-11-29).
CMD ["node", "--max-semi-space-size=32", "--enable-source-maps", "dist/main.js"]
