# docker build --tag vellum .
# docker run --network host vellum                                        a forward proxy for this machine
# docker run -p 8080:8080 -v ./edge.yaml:/etc/vellum.yaml:ro -v vellum:/var/cache/vellum vellum serve --config /etc/vellum.yaml
FROM eclipse-temurin:25-jdk AS build
RUN apt-get update && apt-get install --yes --no-install-recommends maven npm
COPY . /source
RUN /source/vellum dist /opt/vellum

FROM eclipse-temurin:25-jre
RUN useradd --system --create-home --home-dir /var/lib/vellum vellum \
    && install --directory --owner vellum /var/cache/vellum
COPY --from=build /opt/vellum /opt/vellum
RUN /opt/vellum/vellum aot-cache
USER vellum
WORKDIR /var/lib/vellum
VOLUME /var/cache/vellum
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/3129 && printf 'GET /healthz HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && grep -q ok <&3"]
ENTRYPOINT ["/opt/vellum/vellum"]
CMD ["serve"]
