# Talkoot in one image: the web server, a Celery worker and beat differ only in their command.
FROM python:3.13-slim AS packages
COPY requirements.txt /tmp/
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check \
        --require-hashes -r /tmp/requirements.txt

FROM python:3.13-slim
# Voikko: Finnish inflections and compounds in the search. Pango: the jury's report as PDF.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libvoikko1 voikko-fi \
        libpango-1.0-0 libpangoft2-1.0-0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home talkoot \
    && install -d -o talkoot -g talkoot /data
COPY --from=packages /venv /venv
COPY . /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    TALKOOT_VAR=/data \
    HOST=0.0.0.0 \
    PORT=8000
# Made once, here: translations and the collected, compressed static files of this version.
RUN python scripts/compile_po.py \
    && TALKOOT_VAR=/tmp/made python manage.py collectstatic --no-input -v0 \
    && mv /tmp/made/static /app/collected \
    && rm -r /tmp/made \
    && python -m compileall -q /app
USER talkoot
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=10s --start-period=120s \
    CMD ["python", "scripts/healthy.py"]
ENTRYPOINT ["sh", "scripts/container.sh"]
CMD ["serve"]
