# One image for every service: SERVICE says which one a container runs.
ARG BASE_IMAGE=node:22-bookworm-slim

FROM ${BASE_IMAGE} AS build
WORKDIR /onething
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json nest-cli.json .swcrc ./
COPY scripts scripts
COPY apps apps
COPY libs libs
RUN npm run build && npm run portal:build && npm prune --omit=dev

FROM ${BASE_IMAGE}
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=3000 \
    SERVICE=all-in-one \
    TZ=Asia/Shanghai
WORKDIR /onething
COPY --from=build /onething/package.json ./
COPY --from=build /onething/node_modules node_modules
COPY --from=build /onething/dist dist
# Data that the code reads beside itself: items and regions, the calendar.
COPY --from=build /onething/libs/catalogue libs/catalogue
COPY --from=build /onething/libs/clocks libs/clocks
# The portal, which the workbench serves.
COPY --from=build /onething/apps/portal/dist apps/portal/dist
# A volume mounted here takes its owner from the image.
RUN mkdir /files && chown 65534:65534 /files
USER 65534:65534
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:'+process.env.PORT+'/live').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
STOPSIGNAL SIGTERM
CMD ["sh", "-c", "exec node dist/apps/$SERVICE/src/main.js"]
