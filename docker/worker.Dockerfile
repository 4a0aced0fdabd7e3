# The example worker in JavaScript; the context is examples/workers/javascript.
FROM node:22.21.1-bookworm-slim
WORKDIR /opt/worker
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts && npm cache clean --force
COPY bank.mjs charge-card.mjs worker.mjs ./
ENV NODE_ENV=production
# The image's own user, by its number.
USER 1000:1000
ENTRYPOINT ["node", "charge-card.mjs"]
