#!/bin/sh
# What a container does: serve (default), worker, beat, or any manage.py command.
set -eu
# The static files of this image, not those of an older one that the volume may remember.
if [ "${1:-serve}" = serve ] && [ -d /app/collected ]; then
    rm -rf "$TALKOOT_VAR/static"
    ln -s /app/collected "$TALKOOT_VAR/static"
fi
case "${1:-serve}" in
serve)
    python manage.py migrate --no-input
    case "${DEMO:-0}" in 1 | true | yes | on) python manage.py seed_demo ;; esac
    exec python manage.py serve
    ;;
worker)
    shift
    exec python -m celery --app config.celery worker --loglevel "${LOG_LEVEL:-INFO}" "$@"
    ;;
beat)
    shift
    exec python -m celery --app config.celery beat --loglevel "${LOG_LEVEL:-INFO}" \
        --schedule /tmp/beat-schedule "$@"
    ;;
*)
    exec python manage.py "$@"
    ;;
esac
