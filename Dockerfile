# The fake as an image: `docker build -t modeldouble .`, then docs/container.md. Two stages, so that neither pip's cache
# nor the sources are in what runs.
ARG PYTHON=3.13

FROM python:${PYTHON}-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY client/modeldouble client/modeldouble
COPY mock_server/modeldouble_server mock_server/modeldouble_server
COPY contract_tests/modeldouble_contract contract_tests/modeldouble_contract
# The wheel first: what runs is what is published, and a file that the wheel lacks is missed here. It is installed by its
# path: by its name, pip might prefer what an index has under it.
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels . \
    && python -m venv /opt/modeldouble \
    && /opt/modeldouble/bin/pip install --no-cache-dir "$(echo /wheels/*.whl)[server,video,redis,uvloop]"

FROM python:${PYTHON}-slim
COPY --from=build /opt/modeldouble /opt/modeldouble
# A user without a name, home or shell, given as a number so that Kubernetes' runAsNonRoot can tell that it is not root.
# It may write to /data alone, which is for a volume and --data-dir; /tmp is to be a tmpfs where the root is read-only.
RUN install --directory --owner=10001 --group=10001 /data
ENV PATH=/opt/modeldouble/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
WORKDIR /data
EXPOSE 27209
STOPSIGNAL SIGTERM
# By the model's own address, as the root is closed to the network. is_ready is no longer 200 while a shared Redis is
# away. Docker and compose only show that; whoever ends what is unhealthy, as Swarm does, should ask is_alive instead, as
# to end a server does not bring Redis back. Not by urllib, which would ask the proxy of HTTP_PROXY for 127.0.0.1.
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s --retries=3 \
    CMD ["python", "-c", "import http.client, os, sys; c = http.client.HTTPConnection('127.0.0.1', 27209, timeout=4); c.request('GET', '/net/' + os.environ['MODELDOUBLE_SESSION_TOKEN'] + '/is_ready'); sys.exit(c.getresponse().status != 200)"]
# In exec form, so that SIGTERM reaches the server: it answers what is under way, for 10 s at most. Options that are
# given after the image's name are added.
ENTRYPOINT ["modeldouble", "serve", "--host", "0.0.0.0", "--port", "27209", "--grace", "10"]
